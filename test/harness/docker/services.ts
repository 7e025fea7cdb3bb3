import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** A service of compose.yaml as a process of this machine. */
export interface ServiceProcess {
  child: ChildProcess
  /** What it printed so far. */
  output(): string
  /** Waits until the health check ends with 0. @throws Error with the output when it ends, or is not healthy within the limit. */
  healthy(limitMs: number): Promise<void>
  /** SIGTERM to its process group, as Docker sends it. @returns the exit code. */
  stop(): Promise<number | null>
}

/** Who runs a service. */
export interface User {
  uid: number
  gid: number
}

export interface ServiceCommand {
  command: string[]
  /** As in compose: `CMD` and the words. */
  check: string[]
  cwd: string
  environment: Record<string, string>
  /** Null: whoever runs the tests. */
  user: User | null
}

/**
 * The user that a service of compose names, where the tests run as root and that user can run programs of this checkout; else
 * null and a loud line.
 * @param folder that the user must be able to enter.
 */
export function userOf(service: { user: string }, folder: string): User | null {
  const [uid, gid] = service.user.split(':').map(Number)
  const options = { cwd: folder, uid, gid, stdio: 'ignore' } as const
  if (process.getuid?.() === 0 && spawnSync(process.execPath, ['-e', ''], options).status === 0) return { uid, gid }
  console.warn(`services run as the user of the tests: ${service.user} cannot be taken, or cannot enter ${folder}`)
  return null
}

/** Makes the folders the user's own, as volumes and tmpfs are in a container. */
export function give(folders: string[], user: User | null): void {
  if (user !== null) for (const folder of folders) chownSync(folder, user.uid, user.gid)
}

/** Starts a service's command and watches it by its own health check. */
export function startService({ command, check, cwd, environment, user }: ServiceCommand): ServiceProcess {
  const env = { ...process.env, ...environment }
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  const ended = once(child, 'exit')
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      printed += data
    })
  return {
    child,
    output: () => printed,
    async healthy(limitMs) {
      for (const start = performance.now(); performance.now() - start < limitMs; await setTimeout(200)) {
        if (child.exitCode !== null || child.signalCode !== null) break
        if (spawnSync(check[1], check.slice(2), { cwd, env, ...user }).status === 0) return
      }
      throw new Error(`${command.join(' ')}: is not healthy:\n${printed}`)
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

/** The words with each key of `places`, a path or address inside a container, replaced by what it is on this machine. */
export function onThisMachine(words: string[], places: Record<string, string>): string[] {
  return words.map(word => Object.entries(places).reduce((text, [from, to]) => text.replaceAll(from, to), word))
}
