import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { PythonEnv } from '../../src/operations/python_env.ts'
import type { Aws } from './aws.ts'

const keys: Record<string, string> = {
  market_windows: 'product, window_start, window_end',
  market_candles: 'product, window_start, window_end, source',
  store_refused: 'topic, partition, record_offset',
}

/** Objects by address: none is ever replaced, so each is fetched once. */
const fetched = new WeakMap<Aws, Map<string, Buffer>>()

async function fetchLake(server: Aws, spec: string, folder: string): Promise<void> {
  const [bucket, ...under] = spec.slice('s3://'.length).split('/')
  const known = fetched.get(server) ?? new Map<string, Buffer>()
  fetched.set(server, known)
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ 'list-type': '2', prefix: under.join('/'), 'start-after': after })
    const listing = await (await fetch(`${server.address}/${bucket}?${query}`)).text()
    const keys = [...listing.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)
    for (const key of keys) {
      const path = join(folder, key.slice(under.join('/').length + 1))
      mkdirSync(dirname(path), { recursive: true })
      const url = `${server.address}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
      if (!known.has(url)) {
        const answer = await fetch(url, { headers: { authorization: 'AWS reader:unchecked' } })
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
        known.set(url, Buffer.from(await answer.arrayBuffer()))
      }
      writeFileSync(path, known.get(url)!)
    }
    if (keys.length === 0) return
    after = keys.at(-1)!
  }
}

/** Fetches a lake without our client, or by boto3, and asks DuckDB about it: all Parquet there is, of each key the highest revision, as docs/stores.md says. */
export async function askLake(
  server: Aws,
  spec: string,
  sql: string,
  boto3?: PythonEnv,
): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-lake-'))
  if (boto3) await server.run(boto3, 'fetch_bucket.py', [spec, folder])
  else await fetchLake(server, spec, folder)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  try {
    for (const [name, key] of Object.entries(keys)) {
      const from = existsSync(join(folder, name))
        ? `SELECT * EXCLUDE (${name === 'store_refused' ? 'filename' : 'filename, dt, symbol'}) FROM read_parquet('${join(folder, name)}/**/*.parquet', hive_partitioning = true, filename = true)`
        : 'SELECT 1 WHERE false'
      await connection.run(`CREATE TABLE ${name} AS ${from}`)
      if (from.includes('false')) continue
      const moments = 'epoch(window_start) AS window_start, epoch(window_end) AS window_end'
      const numbers = 'trades::DOUBLE AS trades, revision::DOUBLE AS revision'
      const told = name === 'store_refused' ? '*' : `* EXCLUDE record_offset REPLACE (${moments}, ${numbers})`
      const order = name === 'store_refused' ? '1' : 'revision DESC, record_offset'
      await connection.run(
        `CREATE OR REPLACE TABLE ${name} AS SELECT ${told} FROM ${name} QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${order}) = 1`,
      )
    }
    await connection.run('CREATE TABLE store_positions (topic VARCHAR, partition DOUBLE, next_offset DOUBLE)')
    const commits = join(folder, '_commits')
    for (const topic of existsSync(commits) ? readdirSync(commits) : []) {
      const [newest] = readdirSync(join(commits, topic)).sort()
      for (const [partition, next] of JSON.parse(readFileSync(join(commits, topic, newest), 'utf8')).positions)
        await connection.run(`INSERT INTO store_positions VALUES ('${topic}', ${partition}, ${next})`)
    }
    return (await connection.runAndReadAll(sql)).getRowObjectsJS()
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true, force: true })
  }
}
