/** Windows of trades that come out of order, as the oracle's generator makes them, against Spark's batch over all of them. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { type Tick, tickOf } from '../../../src/core/indicators/windows/tick.ts'
import type { WindowRow } from '../../../src/core/indicators/windows/window_row.ts'
import { Windows } from '../../../src/core/indicators/windows/windows.ts'
import { readTrades } from '../../../src/jobs/windows/read_trades.ts'
import { replayWindows } from '../../../src/jobs/windows/replay.ts'
import { windowsDigest } from '../../../src/stores/windows.ts'
import { expectTruth, type SparkRow, sparkRows } from '../../fixtures/spark_rows.ts'
import { needs } from '../../harness/needs.ts'

const oracle = fileURLToPath(new URL('../../../../shared/reference/oracles/spark', import.meta.url))
const lacksOracle = existsSync(oracle) ? null : "Spark's answers do not lie in ../shared/reference/oracles"
const sets = [
  { length_s: 60, slide_s: 10, lateness_s: 600 },
  { length_s: 300, slide_s: 60, lateness_s: 600 },
]
type Set = (typeof sets)[0]
/** Of the heavy tail, by set: what came too late with a watermark a product, and with one over both; windows that are exact. */
const heavy = [
  { own: { events: 326, memberships: 1870 }, shared: { events: 326, memberships: 1872 }, exact: 832, final: 2038 },
  { own: { events: 311, memberships: 1317 }, shared: { events: 312, memberships: 1319 }, exact: 10, final: 338 },
]

describe('trades out of order', needs(lacksOracle), () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-disorder-'))
  const config = readConfig()
  beforeAll(() => {
    copyFileSync(join(oracle, 'gen_inputs.py'), join(folder, 'gen_inputs.py'))
    execFileSync('python3', [join(folder, 'gen_inputs.py'), 'h2'])
    execFileSync('tar', ['xzf', join(oracle, 'outputs/outputs.tar.gz'), '-C', folder])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const filesOf = (name: string): string[] => {
    const parts = join(folder, 'inputs', name)
    return readdirSync(parts).map(file => join(parts, file))
  }
  const truthOf = (name: string, set: Set): SparkRow[] => sparkRows(folder, name, set)

  for (const set of sets)
    test.each(['h2_ordered', 'h2_seconds', 'h2_nine_minutes'])(
      `%s: every window of ${set.length_s} s is exact, all of the final ones`,
      async name => {
        const { rows, late } = await replayWindows(filesOf(name).sort(), config, { ...config.windows, sets: [set] })
        expect(late).toEqual({ events: 0, memberships: 0 })
        expectTruth(rows, truthOf(name, set))
      },
    )

  test('whatever the order in which they come, their digest is that of rising time', async () => {
    const settings = { ...config.windows, sets: [sets[0]] }
    const ticks = await ticksOf(filesOf('h2_nine_minutes'))
    const ordered = fold(
      ticks.toSorted((a, b) => a.time - b.time),
      sets[0],
      false,
    )
    const { rows } = await replayWindows(filesOf('h2_nine_minutes').sort(), config, settings)
    const digest = (found: WindowRow[]) => windowsDigest(found.map(row => ({ ...row, final: true })))
    expect(digest(rows)).toBe(digest(ordered.rows))
  })

  for (const [i, set] of sets.entries())
    test(`h2_heavy_tail: what comes too late for windows of ${set.length_s} s is counted, to the last one`, async () => {
      const { own, shared, exact, final } = heavy[i]
      const ticks = await ticksOf(filesOf('h2_heavy_tail').sort())
      const ours = fold(ticks, set, false)
      expect(ours.windows.counts().late).toEqual(own)
      expect(fold(ticks, set, true).windows.counts().late).toEqual(shared)
      const truth = new Map(truthOf('h2_heavy_tail', set).map(row => [`${row.product_id} ${row.start}`, row]))
      const done = ours.rows.filter(row => row.final)
      const right = done.filter(row => {
        const found = truth.get(`${row.product} ${row.start}`)
        return found?.trades === row.trades && Number(found.volume) === Number(row.volume)
      })
      expect({ exact: right.length, final: done.length }).toEqual({ exact, final })
    })

  async function ticksOf(files: string[]): Promise<Tick[]> {
    const ticks: Tick[] = []
    for await (const events of readTrades(files, config)) for (const event of events) ticks.push(tickOf(event) as Tick)
    return ticks
  }
})

/** @param shared whether each trade is a clock of the other product too: that is one watermark over both. */
function fold(ticks: Tick[], set: Set, shared: boolean): { rows: WindowRow[]; windows: Windows } {
  const latest = new Map<string, WindowRow>()
  const windows = new Windows({ ...set, lag_s: 2, revise_s: 10 }, row => latest.set(`${row.product} ${row.start}`, row))
  for (const [i, tick] of ticks.entries()) {
    windows.push(tick, i)
    const product = tick.product === 'BTC-USD' ? 'ETH-USD' : 'BTC-USD'
    if (shared) windows.push({ source: 'clock', product, time: tick.time }, i)
  }
  windows.giveOpen()
  const rows = [...latest.values()].sort((a, b) =>
    a.product === b.product ? a.start - b.start : a.product < b.product ? -1 : 1,
  )
  return { rows, windows }
}
