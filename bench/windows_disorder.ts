import { unitsOfNumber } from '../src/core/indicators/windows/decimal_units.ts'
import type { Tick } from '../src/core/indicators/windows/tick.ts'
import type { WindowRow } from '../src/core/indicators/windows/window_row.ts'
import { Windows } from '../src/core/indicators/windows/windows.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { makeTrades } from './windows_trades.ts'

const trades = 60_000
const sets = [
  { length_s: 60, slide_s: 10, lateness_s: 600 },
  { length_s: 300, slide_s: 60, lateness_s: 600 },
]
/** Seconds by which a trade is delayed. */
const delays: Record<string, (random: () => number) => number> = {
  seconds: random => -2 * Math.log(1 - random()),
  nine_minutes: random => 590 * random(),
  heavy_tail: random => (random() < 0.99 ? -2 * Math.log(1 - random()) : 1500 * random()),
}

/**
 * Both readings of how right windows are, over three hours of trades that come out of order: the share of trades that counted
 * in all of their windows, and the share of final windows that are exactly those of all trades.
 */
export function measureDisorder(): Record<string, object> {
  const made = makeTrades(trades, ['BTC-USD', 'ETH-USD'], 3, 61)
  const ticks = Array.from(made.time, (time, i): Tick => {
    const [price, size] = [made.price[i], unitsOfNumber(made.size[i])]
    const product = made.products[made.product[i]]
    return { source: 'trades', product, time, id: String(made.id[i]), price, units: unitsOfNumber(price)!, size }
  })
  const figures = Object.entries(delays).map(([name, delay]) => {
    const random = seededRandom(62)
    const arriving = ticks
      .map(tick => ({ tick, at: tick.time + 1e6 * delay(random) }))
      .sort((a, b) => a.at - b.at)
      .map(({ tick }) => tick)
    return [
      name,
      Object.fromEntries(sets.map(set => [`${set.length_s}/${set.slide_s}`, compare(arriving, ticks, set)])),
    ]
  })
  return Object.fromEntries(figures)
}

function compare(arriving: Tick[], inOrder: Tick[], set: (typeof sets)[0]) {
  const { latest, counts } = fold(arriving, set)
  const truth = fold(inOrder, set).latest
  const final = [...latest.values()].filter(row => row.final)
  const exact = final.filter(row => isSame(row, truth.get(`${row.product} ${row.start}`)))
  const { events, memberships } = counts.late
  return {
    late: { events, memberships },
    events_counted: 1 - events / trades,
    windows_exact: exact.length / final.length,
    final: final.length,
  }
}

function fold(ticks: Tick[], set: (typeof sets)[0]) {
  const latest = new Map<string, WindowRow>()
  const windows = new Windows({ ...set, lag_s: 0, revise_s: 10 }, row => latest.set(`${row.product} ${row.start}`, row))
  for (const [i, tick] of ticks.entries()) windows.push(tick, i)
  windows.giveOpen()
  return { latest, counts: windows.counts() }
}

function isSame(row: WindowRow, truth: WindowRow | undefined): boolean {
  return JSON.stringify({ ...row, revision: 0, final: true }) === JSON.stringify({ ...truth, revision: 0, final: true })
}
