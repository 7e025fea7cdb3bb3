import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { equitiesCommand } from '../../src/commands/equities.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { withDuckDB } from '../../src/stores/duckdb.ts'
import { inFolder } from '../harness/in_folder.ts'

const here = inFolder('equities')

const out = (): string => join(here.folder, 'aggregates.parquet')
const start = 1_700_000_000_000

const random = seededRandom(4)
const drawn = Array.from({ length: 1500 }, () => ({
  p: 180 + Math.round(50 * random()) / 100,
  s: 1 + Math.floor(900 * random() ** 3),
}))
const tradeAt = (i: number, more: object = {}) => ({
  ...{ ev: 'T', sym: 'IBM', x: 4, i: String(i), z: 1, t: start + 250 * i, q: 2 * i, ...drawn[i], ...more },
})

async function run(frames: unknown[], ...more: string[]): Promise<void> {
  const path = join(here.folder, 'frames.ndjson')
  writeFileSync(path, frames.map(frame => `${JSON.stringify(frame)}\n`).join(''))
  await equitiesCommand(['node', 'equities', '--raw', path, '--out', out(), ...more])
}

const read = (what: string): Promise<unknown[][]> =>
  withDuckDB(async connection => (await connection.runAndReadAll(`SELECT ${what} FROM '${out()}'`)).getRowsJS())

it('gives a row a trade, a score from the thousandth on, and the flagged share beside that of the window', async () => {
  await run([Array.from({ length: 1200 }, (_, i) => tradeAt(i, i === 1100 ? { s: 90_000, p: 250 } : {}))])
  expect(await read('COUNT(*), COUNT(anomaly_score), ARG_MIN(volume, anomaly_score)')).toEqual([[1200n, 200n, 90_000]])
  expect(here.said[0]).toMatch(/IBM +200 +\d+ +\d+\.\d %/)
})

it('nothing disappears: what gives no row is counted by reason', async () => {
  const frames = [
    [tradeAt(1), tradeAt(2), tradeAt(1), tradeAt(0)],
    [tradeAt(3, { p: -1 }), tradeAt(4, { sym: undefined }), { ev: 'status', status: 'connected' }],
    [{ ev: 'Q', sym: 'IBM', bp: 1, ap: 2, t: start, q: 5 }, tradeAt(5)],
  ]
  await run(frames, '--json')
  const { rows, left_out } = JSON.parse(here.said.at(-1)!)
  expect(rows).toBe(3)
  expect(
    Object.fromEntries(Object.entries(left_out).map(([reason, one]) => [reason, (one as { count: number }).count])),
  ).toEqual({
    ...{
      'repeated trade': 1,
      'trade before an earlier one': 1,
      bad_trade: 1,
      missing_product: 1,
      quote: 1,
      status: 1,
    },
  })
})

it('trades of one millisecond are trades of their own: the original dropped 20 to 37 % of a real day', async () => {
  await run([[tradeAt(1), tradeAt(2, { t: start + 250 }), tradeAt(3, { t: start + 250 })]])
  expect(await read('COUNT(*), COUNT(DISTINCT t)')).toEqual([[3n, 1n]])
})

it('the same frames give the same digest, however they are cut into frames', async () => {
  const trades = Array.from({ length: 1500 }, (_, i) => tradeAt(i))
  const digests: string[] = []
  for (const frames of [[trades], trades.map(trade => [trade])]) {
    await run(frames, '--json')
    digests.push(JSON.parse(here.said.at(-1)!).digest)
  }
  expect(digests[0]).toBe(digests[1])
})

it('frames without a trade are refused with their reasons, and nothing is written', async () => {
  await run([[{ ev: 'Q', sym: 'IBM', bp: 1, ap: 2, t: start, q: 5 }]])
  expect(here.said.join('\n')).toMatch(/no trade of Polygon.*\n.*left out: 1 quote, first at/)
  expect(process.exitCode).toBe(2)
  expect(existsSync(out())).toBe(false)
})

it('--report draws prices with the trades that stand apart and the flagged share, and a page', async () => {
  const report = join(here.folder, 'report')
  await run(
    [Array.from({ length: 1300 }, (_, i) => tradeAt(i, i === 1100 ? { s: 90_000, p: 250 } : {}))],
    '--report',
    report,
  )
  const names = ['anomalies.png', 'anomalies.svg', 'equities.pdf', 'flagged_share.png', 'flagged_share.svg']
  expect(readdirSync(report).sort()).toEqual(names)
  expect(readFileSync(join(report, 'anomalies.svg'), 'utf8')).toContain('Trades that stand apart')
  expect(readFileSync(join(report, 'equities.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
})

it('a recording of the simulated exchange is read, and called so on its page', async () => {
  const bronze = Array.from({ length: 3 }, (_, i) => ({
    ...{
      received_at: 1_700_000_000_000_000 + i,
      feed: 'simulated-polygon',
      connection: 'simulated-polygon-1',
      sequence: i,
    },
    frame: [tradeAt(i)],
  }))
  await run(bronze, '--report', join(here.folder, 'report'), '--json')
  expect(JSON.parse(here.said.at(-1)!)).toMatchObject({ rows: 3 })
  expect(readFileSync(join(here.folder, 'report', 'anomalies.svg'), 'utf8')).toContain('Simulated')
})
