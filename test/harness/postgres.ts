import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePorts } from './free_ports.ts'

export interface TestPostgres {
  /** Of its superuser, with the password. */
  address: string
  port: number
  /** Ends every process of the server at once, as a crash would; `start` brings it back. */
  crash(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

/** Where Debian puts each version's programs; elsewhere they are looked for on the path. */
const debian = '/usr/lib/postgresql'
const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
const program = (name: string): string => (versions.length > 0 ? join(debian, versions[0], 'bin', name) : name)

export const lacksPostgres =
  spawnSync(program('postgres'), ['--version']).status === 0 ? null : 'no Postgres server (apt-get install postgresql)'

/** The server refuses root; Debian's package brings a user for it. */
const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []

/** A real Postgres in a temporary folder, on a free port of 127.0.0.1. @param memory its shared buffers. */
export async function startPostgres(memory = '32MB'): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-postgres-'))
  const password = randomBytes(9).toString('hex')
  const [port] = await freePorts(1)
  const data = join(folder, 'data')
  writeFileSync(join(folder, 'password'), password)
  if (asUser.length > 0) giveTo(folder)
  chmodSync(folder, 0o700)
  const options = ['-D', data, '-U', 'keeper', '-A', 'scram-sha-256', '--pwfile', join(folder, 'password'), '-N']
  const [file, ...args] = [...asUser, program('initdb'), ...options]
  const made = spawnSync(file, args, { cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
  const address = `postgres://keeper:${password}@127.0.0.1:${port}/postgres`
  let server: ChildProcess
  const stop = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    if (server.exitCode !== null) return
    const ended = once(server, 'exit')
    process.kill(postmasterOf(server), signal)
    await ended
  }
  const test: TestPostgres = {
    ...{ address, port },
    crash: () => stop('SIGQUIT'),
    async start() {
      const settings = ['-D', data, '-p', `${port}`, '-k', folder, '-h', '127.0.0.1', '-c', `shared_buffers=${memory}`]
      const [file, ...args] = [...asUser, program('postgres'), ...settings]
      server = spawn(file, args, { cwd: folder, stdio: 'ignore' })
      await untilReady(address, server)
    },
    async remove() {
      await stop('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await test.start()
  return test
}

function giveTo(folder: string): void {
  const [uid, gid] = ['-u', '-g'].map(flag => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout))
  for (const path of [join(folder, 'password'), folder]) chownSync(path, uid, gid)
}

/** `runuser` passes no signal on: the server is its child. */
function postmasterOf({ pid }: ChildProcess): number {
  if (asUser.length === 0) return pid!
  return Number(spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' }).stdout.trim())
}

async function untilReady(address: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const client = new pg.Client({ connectionString: address })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  throw new Error(`postgres ended with ${server.exitCode}`)
}
