import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tickOf } from '../../../../src/core/indicators/windows/tick.ts'
import type { WindowRow } from '../../../../src/core/indicators/windows/window_row.ts'
import { Windows } from '../../../../src/core/indicators/windows/windows.ts'
import { referenceWindows, type TradeText } from '../../../fixtures/reference_windows.ts'

const amount = fc
  .tuple(fc.constantFrom(1, 1e3, 1e6, 1e11), fc.double({ min: 0.001, max: 1, noNaN: true }))
  .map(([scale, share]) => (scale * share + 1e-8).toFixed(8))
/** Trades of two products over some minutes, far from in order, some twice, some without a size. */
const someTrades: fc.Arbitrary<TradeText[]> = fc
  .array(
    fc.record({
      product: fc.constantFrom('BTC-USD', 'ETH-USD'),
      id: fc.nat({ max: 200 }).map(String),
      time: fc.nat({ max: 400e6 }).map(time => 1_775_260_800_000_000 + time),
      price: amount,
      size: fc.option(amount, { freq: 9 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  // One id of a product is one trade, at one time.
  .map(trades => {
    const first = new Map<string, TradeText>()
    for (const trade of trades)
      if (!first.has(`${trade.product} ${trade.id}`)) first.set(`${trade.product} ${trade.id}`, trade)
    return trades.map(({ product, id }) => first.get(`${product} ${id}`)!)
  })
const someSettings = fc
  .record({
    slide_s: fc.constantFrom(1, 5, 10, 15, 60),
    times: fc.integer({ min: 1, max: 6 }),
    lateness_s: fc.nat({ max: 120 }),
  })
  .map(({ slide_s, times, lateness_s }) => ({ slide_s, length_s: slide_s * times, lateness_s }))

interface Run {
  rows: WindowRow[]
  /** The highest revision of each window. */
  latest: WindowRow[]
  windows: Windows
}

function run(trades: readonly TradeText[], settings: { length_s: number; slide_s: number; lateness_s: number }): Run {
  const rows: WindowRow[] = []
  const windows = new Windows({ ...settings, lag_s: 2, revise_s: 10 }, row => rows.push(row))
  for (const [i, trade] of trades.entries()) {
    const tick = tickOf({ type: 'trade', ...trade })
    if (tick === null || typeof tick === 'string') throw new Error(`no tick: ${tick}`)
    windows.push(tick, i)
  }
  windows.giveOpen()
  const latest = [...new Map(rows.map(row => [`${row.product} ${row.start}`, row])).values()]
  const byStart = (a: WindowRow, b: WindowRow) =>
    a.product === b.product ? a.start - b.start : a.product < b.product ? -1 : 1
  return { rows, latest: latest.sort(byStart), windows }
}

const close = (found: number | null, wanted: number | null, relative: number) =>
  found === wanted ||
  (found !== null && wanted !== null && Math.abs(found - wanted) <= relative * Math.abs(wanted) + 1e-300)

describe('sliding windows', () => {
  test('are what their definition says, whatever the order, and what is late is counted', () => {
    fc.assert(
      fc.property(someTrades, someSettings, (trades, settings) => {
        const { latest, windows } = run(trades, settings)
        const wanted = referenceWindows(trades, settings)
        const exact = ({
          product,
          start,
          end,
          trades,
          volume,
          notional,
          open,
          high,
          low,
          close,
          final,
        }: Omit<WindowRow, 'source' | 'return_std' | 'revision'>) => ({
          product,
          start,
          end,
          trades,
          volume,
          notional,
          open,
          high,
          low,
          close,
          final,
        })
        expect(latest.map(exact)).toEqual(wanted.windows.map(exact))
        expect(windows.counts().late).toEqual(wanted.late)
        for (const [i, { vwap, moving_average, price_std, high }] of wanted.windows.entries()) {
          expect(close(latest[i].vwap, vwap, 1e-12)).toBe(true)
          expect(close(latest[i].moving_average, moving_average, 1e-12)).toBe(true)
          // The reference loses digits to the mean, we do not.
          expect(Math.abs((latest[i].price_std ?? -1) - (price_std ?? -1))).toBeLessThanOrEqual(
            1e-8 * (price_std ?? 0) + 1e-14 * high,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('have the same bits in any order within the lateness', () => {
    fc.assert(
      fc.property(someTrades, someSettings, fc.infiniteStream(fc.nat()), (trades, settings, random) => {
        const patient = { ...settings, lateness_s: 600 }
        const shuffled = trades
          .map(trade => ({ trade, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ trade }) => trade)
        const values = ({ latest }: Run) => latest.map(({ revision: _, ...row }) => row)
        expect(values(run(shuffled, patient))).toEqual(values(run(trades, patient)))
      }),
      { numRuns: 200 },
    )
  })

  test('revisions count up from 1, the final one is the last, and none stands twice', () => {
    fc.assert(
      fc.property(someTrades, someSettings, (trades, settings) => {
        const before = new Map<string, WindowRow>()
        for (const row of run(trades, settings).rows) {
          const key = `${row.product} ${row.start}`
          const former = before.get(key)
          expect(row.revision).toBe((former?.revision ?? 0) + 1)
          expect(former?.final ?? false).toBe(false)
          if (former && !row.final) expect({ ...row, revision: 0 }).not.toEqual({ ...former, revision: 0 })
          before.set(key, row)
        }
      }),
      { numRuns: 200 },
    )
  })

  const at = (seconds: number, id: string, price = '100', size: string | null = '1'): TradeText => ({
    product: 'BTC-USD',
    id,
    time: 1e6 * (6000 + seconds),
    price,
    size,
  })
  const minute = { length_s: 60, slide_s: 60, lateness_s: 600 }

  test('a window is given two seconds after its end, again after ten when a late trade came, and last as final', () => {
    const { rows } = run(
      [at(1, '1'), at(61, '2'), at(62, '3'), at(30, '4'), at(71, '5'), at(72, '6'), at(660, '7')],
      minute,
    )
    const given = rows.filter(({ start }) => start === 6000)
    expect(given.map(({ revision, trades, final }) => [revision, trades, final])).toEqual([
      [1, 1, false],
      [2, 2, false],
      [3, 2, true],
    ])
  })

  test('return_std is of the closes of ten-second panes, those without trades stepped over', () => {
    const { latest } = run([at(1, '1', '100'), at(9, '2', '101'), at(35, '3', '103'), at(59, '4', '99')], minute)
    const returns = [Math.log(103 / 101), Math.log(99 / 103)]
    const mean = (returns[0] + returns[1]) / 2
    const wanted = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0))
    expect(latest[0].return_std).toBeCloseTo(wanted, 14)
  })

  test('a deviation of a hundredth beside a price of a billion is not lost', () => {
    const { latest } = run(
      [at(1, '1', '1000000000.01'), at(2, '2', '1000000000.02'), at(3, '3', '1000000000.03')],
      minute,
    )
    expect(latest[0].price_std).toBeCloseTo(0.01, 12)
    expect(latest[0].notional).toBe('3000000000.0600000000000000')
  })
})
