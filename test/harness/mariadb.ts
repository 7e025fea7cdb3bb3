import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { freePorts } from './free_ports.ts'

export interface TestMariadb {
  /** Of its superuser. */
  address: string
  remove(): Promise<void>
}

export const lacksMariadb =
  spawnSync('mariadbd', ['--version']).status === 0 ? null : 'no MariaDB server (apt-get install mariadb-server)'

/** The server refuses root; Debian's package brings a user for it. */
const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'mysql', '--'] : []

/** A real MariaDB in a temporary folder, on a free port of 127.0.0.1. */
export async function startMariadb(): Promise<TestMariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-mariadb-'))
  const [port] = await freePorts(1)
  if (asUser.length > 0) {
    const [uid, gid] = ['-u', '-g'].map(flag => Number(spawnSync('id', [flag, 'mysql'], { encoding: 'utf8' }).stdout))
    chownSync(folder, uid, gid)
  }
  chmodSync(folder, 0o700)
  const data = `--datadir=${join(folder, 'data')}`
  const install = [...asUser, 'mariadb-install-db', '--no-defaults', data, '--auth-root-authentication-method=normal']
  const made = spawnSync(install[0], install.slice(1), { cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
  const settings = ['--no-defaults', data, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${folder}/socket`]
  const small = ['--innodb-buffer-pool-size=32M', '--skip-name-resolve', `--pid-file=${folder}/pid`]
  const [file, ...args] = [...asUser, 'mariadbd', ...settings, ...small]
  const server = spawn(file, args, { cwd: folder, stdio: 'ignore' })
  const address = `mysql://root@127.0.0.1:${port}/mysql`
  await untilReady(address, server)
  return {
    address,
    async remove() {
      const ended = once(server, 'exit')
      await askMysql(address, 'SHUTDOWN')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilReady(address: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    try {
      await askMysql(address, 'SELECT 1')
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  throw new Error(`mariadbd ended with ${server.exitCode}`)
}

/** Moments as seconds, flags as such. */
export async function askMysql(spec: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({ uri: spec, timezone: 'Z' })
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      sql.replace(/\bpartition\b/g, '`partition`').replace('AS integer', 'AS SIGNED'),
    )
    return Array.isArray(rows)
      ? rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(name, value)])))
      : []
  } finally {
    connection.destroy()
  }
}

function plain(name: string, value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  return name === 'final' || name === 'anomaly' ? value === 1 : value
}
