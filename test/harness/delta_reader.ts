import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

interface Log {
  files: Set<string>
  /** By application. */
  positions: Map<string, number>
  last: number
}

/** What a table's commits say, read from the first on: a reader of our own that knows nothing of the writer's code. */
export function readDeltaLog(folder: string): Log {
  const names = readdirSync(join(folder, '_delta_log')).filter(name => /^\d{20}\.json$/.test(name))
  const log: Log = { files: new Set(), positions: new Map(), last: names.length - 1 }
  for (const name of names.sort())
    for (const line of readFileSync(join(folder, '_delta_log', name), 'utf8')
      .trim()
      .split('\n')) {
      const { add, remove, txn } = JSON.parse(line)
      if (remove) log.files.delete(remove.path)
      if (add) log.files.add(add.path)
      if (txn) log.positions.set(txn.appId, txn.version)
    }
  return log
}

/** Asks DuckDB about the files that the logs name, as tables, with `store_positions` made of the windows' log. */
export async function askDelta(place: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  try {
    for (const name of ['market_windows', 'market_candles', 'store_refused']) {
      const folder = join(place, name)
      const files = [...readDeltaLog(folder).files].map(file => `'${join(folder, file)}'`)
      const from = files.length > 0 ? `read_parquet([${files.join(', ')}], hive_partitioning = false)` : undefined
      await connection.run(`CREATE TABLE ${name} AS ${from ? `SELECT * FROM ${from}` : 'SELECT 1 WHERE false'}`)
      if (name.startsWith('market') && from)
        await connection.run(
          `CREATE OR REPLACE TABLE ${name} AS SELECT * REPLACE (epoch(window_start) AS window_start, epoch(window_end) AS window_end, trades::DOUBLE AS trades, revision::DOUBLE AS revision) FROM ${name}`,
        )
    }
    await connection.run('CREATE TABLE store_positions (topic VARCHAR, partition DOUBLE, next_offset DOUBLE)')
    for (const [app, next] of readDeltaLog(join(place, 'market_windows')).positions) {
      const [, topic, partition] = app.split('/')
      await connection.run(`INSERT INTO store_positions VALUES ('${topic}', ${partition}, ${next})`)
    }
    return (await connection.runAndReadAll(sql)).getRowObjectsJS()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A commit of a newer spike60. */
export function makeDeltaNewer(place: string): void {
  const folder = join(place, 'market_windows')
  const log = (version: number): string => join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`)
  const { last } = readDeltaLog(folder)
  const told = readFileSync(log(last), 'utf8').replace(/"spike60.version":"\d+"/, '"spike60.version":"99"')
  if (existsSync(log(last + 1))) throw new Error('the log has gone on')
  writeFileSync(log(last + 1), told)
}
