import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { percentileOf } from '../src/core/math/percentile.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { quoted, withDuckDB } from '../src/stores/duckdb.ts'
import { openStore } from '../src/stores/open.ts'
import type { Store } from '../src/stores/port.ts'
import { sumByHour } from '../src/stores/postgres/hours.ts'
import { dayOf, makeDays } from '../src/stores/postgres/schema.ts'
import { windowsTable } from '../src/stores/tables.ts'
import type { Incoming } from '../src/streams/port.ts'
import { startPostgres } from '../test/harness/postgres.ts'
import type { BenchResult } from './measure.ts'
import { median } from './measure.ts'
import { processCpu } from './process_cpu.ts'
import { lakeQueries, postgresQueries } from './stores_queries.ts'
import { minuteWindow, productName, products, windowText } from './stores_rows.ts'

const days = 35
/** Rows of a paired round of loading. */
const roundRows = 100_000
const rounds = 3
const revisedRows = 30_000
const start = Date.UTC(2026, 9, 26) / 1000
const topic = { name: 'market.windows', partitions: 1, id: 'bench' }

/**
 * Five million windows of 100 products in a Postgres of its own, asked seven questions of a dashboard, beside DuckDB on the same rows as
 * Parquet; rates of loading and revising with the position in the same transaction. `ratio` is the store's rate over that of a plain COPY
 * of the same rows into a table of the same kind, the median of paired rounds.
 */
export async function benchStores(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-stores-'))
  const server = await startPostgres('512MB')
  const client = new pg.Client({ connectionString: server.address })
  try {
    await client.connect()
    const rates = await measureRates(server.address, client)
    const csv = join(folder, 'windows.csv')
    await writeRows(csv)
    await client.query('TRUNCATE market_windows, market_windows_hourly')
    await makeDays(
      client,
      windowsTable,
      Array.from({ length: days }, (_, day) => dayOf(start) + day),
    )
    const began = performance.now()
    const columns = Object.keys(windowsTable.columns).join(', ')
    await pipeline(createReadStream(csv), client.query(copyFrom(`COPY market_windows (${columns}) FROM STDIN CSV`)))
    const copySeconds = (performance.now() - began) / 1000
    await client.query(sumByHour('FROM market_windows s', '0', 'true'))
    await client.query('VACUUM ANALYZE market_windows')
    await client.query('VACUUM ANALYZE market_windows_hourly')
    const now = new Date(1000 * (start + 86_400 * days - 60)).toISOString()
    const postgres = await askAll(postgresQueries(now), async sql => (await client.query(sql)).rowCount ?? 0)
    const latest = await readLatest(client)
    const { ratio, ...told } = rates
    return {
      ...{ name: 'stores', ratio, ratios: {}, load_average: loadavg().map(Math.round), ...told },
      ...{ rows: days * 1440 * products, copy_rows_a_second: Math.round((days * 1440 * products) / copySeconds) },
      ...{ postgres_ms: postgres, latest_row_ms: latest, duckdb_on_parquet_ms: await askLake(folder, csv, now) },
    }
  } finally {
    await client.end()
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writeRows(path: string): Promise<void> {
  const random = seededRandom(60)
  const file = createWriteStream(path)
  for (let minute = 0; minute < days * 1440; minute++) {
    let text = ''
    for (let product = 0; product < products; product++)
      text += windowText(minuteWindow(productName(product), start + 60 * minute, random, 1), ',', '')
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** Pairs of rounds, each of new rows: through the store, and by a plain COPY into a copy of its table. */
async function measureRates(address: string, client: pg.Client) {
  const open = (): Promise<Store> => openStore(address, topic, { holder: 'bench', held: false })
  await (await open()).close()
  await client.query('CREATE TABLE plain (LIKE market_windows INCLUDING ALL) PARTITION BY RANGE (window_start)')
  const random = seededRandom(61)
  const [loads, copies, revisions]: Taken[][] = [[], [], []]
  let offset = 0
  /** A process of its own for each, as after a start: what it has learnt of the rows is forgotten. */
  const write = async (windows: ReturnType<typeof minuteWindow>[], size: number): Promise<Taken> => {
    const store = await open()
    const records = windows.map((window): Incoming => {
      const value = Buffer.from(JSON.stringify(window))
      return { topic: topic.name, partition: 0, offset: offset++, key: window.product, value }
    })
    const { rows } = await client.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'spike60 store'`)
    const taken = await take(rows[0].pid, async () => {
      for (let from = 0; from < records.length; from += size) {
        const batch = records.slice(from, from + size)
        await store.write(batch, [{ topic: topic.name, partition: 0, offset: batch.at(-1)!.offset + 1 }])
      }
    })
    await store.close()
    return taken
  }
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  for (let round = 0; round < rounds; round++) {
    const windows = Array.from({ length: roundRows }, (_, i) => {
      const minute = round * (roundRows / products) + Math.floor(i / products)
      return minuteWindow(productName(i % products), start - 86_400 * 30 + 60 * minute, random, 1)
    })
    await makeDays(client, { ...windowsTable, name: 'plain' }, new Set(windows.map(one => dayOf(one.start))))
    const text = windows.map(window => windowText(window, '\t', '\\N')).join('')
    loads.push(await write(windows, 4000))
    const columns = Object.keys(windowsTable.columns).join(', ')
    copies.push(
      await take(rows[0].pid, async () => {
        const copying = client.query(copyFrom(`COPY plain (${columns}) FROM STDIN`))
        copying.end(text)
        await once(copying, 'finish')
      }),
    )
    const revised = windows.slice(0, revisedRows).map(window => ({ ...window, revision: 2 }))
    revisions.push(await write(revised, 1000))
  }
  await client.query('DROP TABLE plain')
  const rate = (taken: Taken[], count: number): number =>
    Math.round(count / median(taken.map(({ seconds }) => seconds)))
  const cpuOf = (taken: Taken[], count: number): number => (1e6 * median(taken.map(({ cpu }) => cpu))) / count
  return {
    ratio: median(copies.map(({ seconds }, round) => seconds / loads[round].seconds)),
    cpu_ratio: median(copies.map(({ cpu }, round) => cpu / loads[round].cpu)),
    cpu_us_a_row: {
      ...{ load: cpuOf(loads, roundRows), plain_copy: cpuOf(copies, roundRows) },
      revised: cpuOf(revisions, revisedRows),
    },
    load_rows_a_second: rate(loads, roundRows),
    plain_copy_rows_a_second: rate(copies, roundRows),
    revised_rows_a_second_1000_a_commit: rate(revisions, revisedRows),
  }
}

interface Taken {
  seconds: number
  /** CPU seconds of this process and the server's. */
  cpu: number
}

async function take(server: number, work: () => Promise<void>): Promise<Taken> {
  const cpu = (): number => processCpu(process.pid) + processCpu(server)
  const [began, before] = [performance.now(), cpu()]
  await work()
  return { seconds: (performance.now() - began) / 1000, cpu: cpu() - before }
}

interface Asked {
  rows: number
  p50: number
  p95: number
}

async function askAll(
  queries: Record<string, string>,
  ask: (sql: string) => Promise<number>,
): Promise<Record<string, Asked>> {
  const told: Record<string, Asked> = {}
  for (const [name, sql] of Object.entries(queries)) {
    const times: number[] = []
    let rows = 0
    for (let i = 0; i < 40; i++) {
      const began = performance.now()
      rows = await ask(sql)
      times.push(performance.now() - began)
    }
    told[name] = { rows, p50: round1(percentileOf(times, 50)), p95: round1(percentileOf(times, 95)) }
  }
  return told
}

/** The newest row of one product, as a page asks for it. */
async function readLatest(client: pg.Client): Promise<{ p50: number; p99: number }> {
  const random = seededRandom(62)
  const times: number[] = []
  for (let i = 0; i < 1000; i++) {
    const began = performance.now()
    await client.query({
      name: 'latest',
      text: 'SELECT * FROM market_windows WHERE product = $1 ORDER BY window_start DESC LIMIT 1',
      values: [productName(Math.floor(products * random()))],
    })
    times.push(performance.now() - began)
  }
  return { p50: round1(percentileOf(times, 50)), p99: round1(percentileOf(times, 99)) }
}

function askLake(folder: string, csv: string, now: string): Promise<Record<string, Asked>> {
  const lake = join(folder, 'lake')
  const types = { text: 'VARCHAR', moment: 'TIMESTAMPTZ', whole: 'BIGINT', real: 'DOUBLE', flag: 'BOOLEAN' }
  const columns = Object.entries(windowsTable.columns).map(([name, type]) => {
    return `${quoted(name)}: '${type === 'decimal' ? 'DECIMAL(38, 16)' : types[type as keyof typeof types]}'`
  })
  return withDuckDB(async connection => {
    const from = `read_csv(${quoted(csv)}, header = false, columns = {${columns.join(', ')}})`
    const day = `strftime(window_start, '%Y-%m-%d') AS dt`
    await connection.run('SET preserve_insertion_order = false')
    await connection.run(
      `COPY (SELECT *, ${day} FROM ${from}) TO ${quoted(lake)} (FORMAT parquet, PARTITION_BY (dt), COMPRESSION zstd)`,
    )
    return askAll(lakeQueries(lake, now), async sql => Number((await connection.runAndReadAll(sql)).currentRowCount))
  })
}

const round1 = (ms: number): number => Math.round(10 * ms) / 10
