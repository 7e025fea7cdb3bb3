import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A command of ours as a process of its own, to be killed. */
export interface Victim {
  pid: number
  /** Its standard error so far; its standard output alone is in `out`. */
  log(): string
  out(): string
  /** Milliseconds from its start until it said that it is ready; null before. */
  readyAfter(): number | null
  /** Null while it runs. */
  ended(): Ended | null
  /** Ends it as a crash would; nothing happens to one that has ended. */
  kill9(): Promise<void>
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
  wait(): Promise<Ended>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** @param write the write in whose middle it dies, as `fatal_write.ts` names it; none where absent. */
export function startDying(args: string[], write?: string): Victim {
  if (write === undefined) return startVictim(args)
  const preload = ['--import', new URL('./fatal_write.ts', import.meta.url).href]
  return startVictim([...preload, ...args], { FATAL_WRITE: write })
}

/** @param args as after `node`. */
export function startVictim(args: string[], environment: Record<string, string> = {}): Victim {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  running.add(child)
  const began = performance.now()
  let readyAfter: number | null = null
  let log = ''
  const exited = once(child, 'close')
    .catch(error => {
      log += `could not be started: ${error}`
    })
    .finally(() => running.delete(child))
  let out = ''
  child.stderr.on('data', data => {
    log += data
    if (readyAfter === null && log.includes('"msg":"ready"')) readyAfter = performance.now() - began
  })
  child.stdout.on('data', data => {
    out += data
  })
  const ended = (): Ended | null =>
    child.exitCode === null && child.signalCode === null ? null : { code: child.exitCode, signal: child.signalCode }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    child.kill(signal)
    await exited
    return ended()!
  }
  return {
    pid: child.pid ?? 0,
    log: () => log,
    out: () => out,
    readyAfter: () => readyAfter,
    ended,
    async kill9() {
      await stop('SIGKILL')
    },
    stop,
    async wait() {
      await exited
      return ended()!
    },
  }
}
