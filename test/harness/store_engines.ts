import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { PythonEnv } from '../../src/operations/python_env.ts'
import { type Aws, startAws } from './aws.ts'
import { askDelta, makeDeltaNewer } from './delta_reader.ts'
import { askDynamodb, prefixOf, putDynamodb } from './dynamodb_reader.ts'
import { askLake } from './lake_reader.ts'
import { askMysql, startMariadb, type TestMariadb } from './mariadb.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'
import { letPostgresStandIn } from './redshift_on_postgres.ts'

/** One kind of store, with what a suite needs of it. */
export interface StoreEngine {
  prepare(): Promise<void>
  /** A spec for `openStore`, of a store that nobody used. */
  fresh(): Promise<string>
  /** Revisions lie beside each other, of which a reader takes the highest: what is written again is not known to stand. */
  appends?: true
  /** So many steps of the writer, as `storing_child.ts` counts them, are a few batches. */
  steps: number
  /** What a reader from outside finds, or changes. Moments are seconds since the epoch. */
  ask(spec: string, sql: string): Promise<Record<string, unknown>[]>
  /** Lets its tables say that they are of version 99. */
  makeNewer(spec: string): unknown
  cleanUp(): Promise<void>
}

export function sqlite(): StoreEngine {
  let folder = ''
  let made = 0
  const ask: StoreEngine['ask'] = async (spec, sql) => {
    const database = new DatabaseSync(spec.slice('sqlite:'.length))
    const rows = database.prepare(sql).all()
    database.close()
    return rows.map(row => ({ ...row, ...('final' in row ? { final: row.final === 1 } : {}) }))
  }
  return {
    ask,
    steps: 40,
    async prepare() {
      folder = mkdtempSync(join(tmpdir(), 'spike60-stores-'))
    },
    fresh: async () => `sqlite:${join(folder, `${made++}.db`)}`,
    makeNewer: spec => ask(spec, 'PRAGMA user_version = 99'),
    async cleanUp() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function delta(): StoreEngine {
  let folder = ''
  let made = 0
  const placeOf = (spec: string): string => spec.slice('delta:'.length)
  return {
    steps: 160,
    async prepare() {
      folder = mkdtempSync(join(tmpdir(), 'spike60-delta-'))
    },
    fresh: async () => `delta:${join(folder, `${made++}`)}`,
    ask: (spec, sql) => askDelta(placeOf(spec), sql),
    makeNewer: spec => makeDeltaNewer(placeOf(spec)),
    async cleanUp() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function s3(env: PythonEnv | null): StoreEngine {
  let server: Aws
  let made = 0
  const fresh = async (): Promise<string> => {
    const bucket = `lake${made++}`
    await server.makeBucket(bucket)
    return `s3://${bucket}/some/where`
  }
  return {
    fresh,
    appends: true,
    steps: 60,
    async prepare() {
      server = await startAws(env!)
    },
    ask: (spec, sql) => askLake(server, spec, sql),
    makeNewer: spec => server.run(env!, 'put_commit.py', [spec, 'market.windows', '99']),
    cleanUp: () => server.stop(),
  }
}

export function dynamodb(env: PythonEnv | null): StoreEngine {
  let server: Aws
  let made = 0
  return {
    steps: 100,
    async prepare() {
      server = await startAws(env!)
    },
    fresh: async () => `dynamodb://t${made++}.`,
    ask: (spec, sql) => askDynamodb(server, spec, sql),
    makeNewer: spec => putDynamodb(server, `${prefixOf(spec)}store`, { pk: 'version', sk: '-', version: 99 }),
    cleanUp: () => server.stop(),
  }
}

export function mysql(): StoreEngine {
  let server: TestMariadb
  let made = 0
  const ask: StoreEngine['ask'] = (spec, sql) => askMysql(spec, sql)
  return {
    ask,
    steps: 60,
    async prepare() {
      server = await startMariadb()
    },
    async fresh() {
      const name = `store${made++}`
      await askMysql(server.address, `CREATE DATABASE ${name}`)
      return server.address.replace(/mysql$/, name)
    },
    makeNewer: spec => ask(spec, 'UPDATE store_version SET version = 99'),
    cleanUp: () => server.remove(),
  }
}

export function postgres(): StoreEngine {
  let server: TestPostgres
  let made = 0
  const ask = (spec: string, sql: string): Promise<Record<string, unknown>[]> => askPostgres(spec, sql)
  return {
    ask,
    steps: 30,
    async prepare() {
      server = await startPostgres()
    },
    async fresh() {
      const name = `store${made++}`
      await ask(server.address, `CREATE DATABASE ${name}`)
      return server.address.replace(/postgres$/, name)
    },
    makeNewer: spec => ask(spec, 'UPDATE store_version SET version = 99'),
    cleanUp: () => server.remove(),
  }
}

/** Redshift's statements on a Postgres, as far as both speak alike. */
export function redshiftOnPostgres(): StoreEngine {
  const server = postgres()
  return {
    ...server,
    steps: 90,
    async prepare() {
      letPostgresStandIn()
      await server.prepare()
    },
    fresh: async () => (await server.fresh()).replace(/^postgres:/, 'redshift:'),
  }
}

export async function askPostgres(spec: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: spec.replace(/^redshift:/, 'postgres:') })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(name, value)])))
  } finally {
    await client.end()
  }
}

/** `pg` gives whole numbers of eight bytes as text. */
function plain(name: string, value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  return ['trades', 'revision', 'next_offset', 'record_offset', 'n'].includes(name) && typeof value === 'string'
    ? Number(value)
    : value
}
