/** Whatever columns a Parquet file has: nothing throws but a `SpikeError`, and each row is accounted for. Seeded. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { runExperiment } from '../../src/core/models/experiment.ts'
import { SpikeError } from '../../src/errors.ts'
import { refuseLess, refuseOtherFile } from '../../src/jobs/featurize/former_file.ts'
import { infer } from '../../src/jobs/score/file.ts'
import { readMidCandles } from '../../src/jobs/trade/mid_candles.ts'
import { readSpikes } from '../../src/jobs/trade/spikes.ts'
import { minute } from '../../src/market/klines/kline.ts'
import { writeDriftReport } from '../../src/monitor/write_drift_report.ts'
import { readStrip } from '../../src/publish/strip.ts'
import { identifier, quoted, withDuckDB } from '../../src/stores/duckdb.ts'
import { refuseOtherTables } from '../../src/stores/own_tables.ts'
import { readTable, writeTable } from '../../src/stores/parquet.ts'
import { scorerModel, writeScorerModel } from '../fixtures/scorer_model.ts'
import { syntheticSource, syntheticTable } from '../fixtures/synthetic_features.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-fuzz-'))
const [good, long, model, bad, out] = ['good.parquet', 'long.parquet', 'model', 'bad.parquet', 'scores.parquet'].map(
  name => join(folder, name),
)
const config = readConfig()
const random = seededRandom(20_261_130)
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]

beforeAll(async () => {
  await writeTable(good, syntheticTable(40), { 'spike60.spec_version': '1' })
  await writeTable(long, syntheticTable(300), {})
  writeScorerModel(model)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What may stand in place of a number, as SQL of the column `c`. */
const values = [
  ...[
    `'infinity'::DOUBLE`,
    `'-infinity'::DOUBLE`,
    `'nan'::DOUBLE`,
    'NULL::DOUBLE',
    '-c',
    '0::DOUBLE',
    '1e308',
    '-1e-300',
  ],
  ...[
    'c::FLOAT',
    'c::DECIMAL(18,4)',
    'c::VARCHAR',
    '[c]',
    `{'a': c}`,
    'c > 0',
    '7',
    `DATE '2026-01-05'`,
    `'x'::BLOB`,
    'c',
  ],
]
const times = [
  ...[
    'time',
    'NULL::TIMESTAMP',
    `'infinity'::TIMESTAMP`,
    'time::TIMESTAMPTZ',
    'epoch_us(time)',
    'time::DATE',
    'time::TIMESTAMP_NS',
    'make_timestamp(9200000000000000000)',
  ],
  ...[
    `date_trunc('minute', time)`,
    'time + INTERVAL 1 MILLISECOND',
    'make_timestamp(epoch_us(time) // 1000)',
    'time::VARCHAR',
  ],
]
const products = [
  'product',
  'NULL::VARCHAR',
  `'' || chr(0)`,
  `'constructor'`,
  '7',
  `repeat('A', 70)`,
  `'SOL-USD'`,
  `'-; DROP'`,
]
const names = ['a"b', "it's", 'x y', 'é€', 'product2', 'LABEL_', 'index']

/** One of them in place of a column, wholly or in a fifth of the rows. */
function anyValue(name: string): string {
  const value = pick(values).replaceAll(/\bc\b/g, identifier(name))
  const some = random() < 0.5 && /^[\d'N-]/.test(value) && !/DATE|BLOB|^7$/.test(value)
  return some ? `CASE WHEN random() < 0.2 THEN ${value} ELSE ${identifier(name)} END` : value
}

/** A list of columns in which some of them are changed, missing or new. */
function anySelect(): string {
  const changed = new Set(
    Array.from({ length: Math.floor(random() * 3) }, () => pick([...featureNames, 'sigma_future'])),
  )
  const columns = [...featureNames, 'sigma_future'].flatMap(name => {
    if (!changed.has(name)) return [identifier(name)]
    if (random() < 0.1) return []
    return [`${anyValue(name)} AS ${identifier(name)}`]
  })
  if (random() < 0.2) columns.push(`${pick(['1', '0.5', 'NULL::INTEGER', '2', `'x'`, '1::UTINYINT'])} AS label`)
  if (random() < 0.2) columns.push(`${pick(values).replaceAll(/\bc\b/g, 'mid')} AS ${identifier(pick(names))}`)
  return [...anyKeys(), ...columns].join(', ')
}

function anyKeys(): string[] {
  const usual = (list: string[]): string => (random() < 0.75 ? list[0] : pick(list))
  return [`${usual(products)} AS product`, `${usual(times)} AS time`]
}

/** What is read by a few of its columns: keys, a mid, scores of a model; any of them changed or missing. */
function anyNarrowSelect(): string {
  const columns = ['mid', 'sigma_future'].flatMap(name => {
    if (random() < 0.1) return []
    return [`${random() < 0.5 ? identifier(name) : anyValue(name)} AS ${name === 'mid' ? 'mid' : 'average'}`]
  })
  const keys = anyKeys().filter(() => random() > 0.05)
  return [...keys, ...columns, '0 AS label'].join(', ')
}

async function writeAny(connection: DuckDBConnection, select = anySelect(), from = good): Promise<number> {
  const more = pick(['', '', 'ORDER BY random()', 'LIMIT 0', 'LIMIT 1', `UNION ALL SELECT * FROM t LIMIT 100`])
  const groups = pick(['', ', ROW_GROUP_SIZE 2048', ', COMPRESSION zstd', ', PARQUET_VERSION v2'])
  await connection.run(`CREATE OR REPLACE TABLE t AS SELECT ${select} FROM read_parquet(${quoted(from)})`)
  await connection.run(`COPY (SELECT * FROM t ${more}) TO ${quoted(bad)} (FORMAT parquet${groups})`)
  const [[rows]] = await (await connection.run(`SELECT count(*)::INTEGER FROM read_parquet(${quoted(bad)})`)).getRows()
  return Number(rows)
}

/** What a reader gives, or null where it refuses in one line a fault. */
async function orRefused<Result>(work: () => Promise<Result> | Result): Promise<Result | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SpikeError)) throw error
    expect(error.exit).toBe(2)
    for (const fault of error.faults) expect(fault).toMatch(/^[^\n]{10,500}$/)
    return null
  }
}

test('loader, training, inference and drift take it, or refuse it in lines that say why', async () => {
  const counts = { read: 0, scored: 0, compared: 0, refused: 0 }
  await withDuckDB(async connection => {
    await connection.run('SELECT setseed(0.6)')
    for (let i = 0; i < 16; i++) {
      const rows = await writeAny(connection)
      const read = await orRefused(() => readTable(bad))
      const scored = await orRefused(() => infer({ features: bad, model, out }))
      const compared = await orRefused(() =>
        writeDriftReport({ source: { reference: good, current: bad }, out: folder, name: 'fuzz', config }),
      )
      if (read) {
        const { table } = read
        expect(table.rows).toBe(rows)
        for (const column of [...Object.values(table.columns), table.sigma_future])
          expect(column.every(value => Math.abs(value) < Number.POSITIVE_INFINITY || Number.isNaN(value))).toBe(true)
        for (let row = 1; row < rows; row++)
          expect(table.product[row - 1] < table.product[row] || table.time[row - 1] < table.time[row]).toBe(true)
        await orRefused(() => runExperiment(table, syntheticSource, config))
        counts.read++
      } else counts.refused++
      if (scored) {
        expect(scored.rows + scored.left_out).toBe(rows)
        const { table } = await readTable(out, [scorerModel.name])
        expect(table.rows).toBe(scored.rows)
        expect(table.columns[scorerModel.name].every(p => p >= 0 && p <= 1)).toBe(true)
        counts.scored++
      }
      if (compared) {
        expect(compared.report.current.rows).toBe(rows)
        counts.compared++
      }
    }
  })
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(2)
})

test('mids, predictions, a strip and what would be replaced take it, or refuse it in lines that say why', async () => {
  const counts = { mids: 0, spikes: 0, own: 0, former: 0, strip: 0, refused: 0 }
  const candles = {
    start: Float64Array.from({ length: 20 }, (_, i) => Date.UTC(2026, 0, 5) * 1000 + i * minute),
    rows: 20,
  }
  const work: Record<Exclude<keyof typeof counts, 'refused'>, () => Promise<unknown>> = {
    mids: async () => {
      const { table } = await readMidCandles(bad, 'BTC-USD')
      const prices = [table.open, table.high, table.low, table.close].flatMap(column => [...column])
      expect(prices.every(price => price > 0 && price < Number.POSITIVE_INFINITY)).toBe(true)
    },
    spikes: async () => {
      const spikes = await readSpikes(bad, 'average', 'BTC-USD', candles, minute)
      expect(spikes.every(rank => Number.isNaN(rank) || (rank >= 0 && rank <= 1))).toBe(true)
    },
    own: () => refuseOtherTables([bad]),
    former: async () => {
      await refuseOtherFile(bad)
      await refuseLess(bad, 'ticks.features', new Map())
    },
    strip: () =>
      readStrip(bad, { 'BTC-USD': 1e-5 }, { predictions: bad, name: 'average', title: 'average', threshold: 0.5 }),
  }
  await withDuckDB(async connection => {
    await connection.run('SELECT setseed(0.6)')
    for (let i = 0; i < 24; i++) {
      await writeAny(connection, anyNarrowSelect(), long)
      for (const [name, read] of Object.entries(work)) {
        const done = await orRefused(async () => {
          await read()
          return true
        })
        counts[done ? (name as keyof typeof counts) : 'refused']++
      }
    }
  })
  // No file of somebody else is one of ours, and only one without rows has none to keep.
  expect(counts.own).toBe(0)
  for (const count of [counts.mids, counts.spikes, counts.former, counts.strip]) expect(count).toBeGreaterThan(2)
})
