import { expect } from 'vitest'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { features } from '../../src/core/features/spec.ts'
import type { FeatureTable } from '../../src/core/features/table.ts'
import { coinbase } from '../../src/market/feeds/coinbase.ts'
import { rowsOf } from '../fixtures/events.ts'
import { micros, ticker, trade, trades } from '../fixtures/wire.ts'
import { channels, type Outcome, products } from './hostile_run.ts'

/** Frames of a market from second to second: a quote of each product and a trade a second, numbered from `first`. */
export function market(from: number, to: number, first: number): string[] {
  return Array.from({ length: to - from }, (_, i) => {
    const s = from + i
    const number = first + 3 * i
    const tickers = products.map((product, n) => {
      const bid = 100 + ((s * 7 + n) % 13) / 10
      return ticker(number + n, s + 0.5, product, { best_bid: `${bid}`, best_ask: `${bid + 0.1}` })
    })
    return [...tickers, trades(number + 2, s + 0.7, [trade(`${s}`, s + 0.6)])]
  }).flat()
}

/** Where something was lost, in seconds. */
export interface Lost {
  from: number
  to: number
  reason: 'disconnect' | 'stale' | 'sequence'
}

export interface Recovery {
  /** Frames that the exchange sent whole, acknowledgements aside. */
  sent: string[]
  /** By product. */
  lost: Record<string, Lost[]>
  /** Whole sets of requests by connection; one each when absent. */
  asked?: number[]
  /** Events of the same market, had nothing happened. */
  calm: MarketEvent[]
}

/** What has to hold after anything an exchange can do: asked again, exact gaps, bronze complete, later rows unharmed. */
export function expectRecovered(outcome: Outcome, { sent, lost, asked, calm }: Recovery): void {
  const { exchange, gaps, frames, events } = outcome
  const requests = coinbase.subscribe(products, channels)
  const times = asked ?? exchange.guests.map(() => 1)
  expect(exchange.guests.map(guest => guest.requests)).toEqual(times.map(n => Array(n).fill(requests).flat()))
  for (const product of products) {
    const all = gaps.filter(gap => gap.product === product).sort((a, b) => a.from - b.from)
    const own = all.filter(gap => !all.some(other => other.withdrawn && other.from === gap.from && other.to === gap.to))
    expect(own.map(({ from, to, reason }) => ({ from, to, reason }))).toEqual(
      (lost[product] ?? []).map(({ from, to, reason }) => ({ from: micros(from), to: micros(to), reason })),
    )
  }
  expect(frames).toEqual(sent)
  expectEqualRows(rowsOf(events), rowsOf(calm), lost)
}

/** Each feature of each row whose look-back holds nothing that was lost is that of the calm market. */
function expectEqualRows(found: FeatureTable, wanted: FeatureTable, lost: Record<string, Lost[]>): void {
  const placeOf = new Map(found.product.map((product, i) => [`${product} ${found.time[i]}`, i]))
  const compare = features.filter(({ name }) => !name.includes('gap'))
  let compared = 0
  const differences: string[] = []
  for (let row = 0; row < wanted.rows; row++) {
    const product = wanted.product[row]
    const time = (wanted.time[row] - micros(0)) / 1e6
    for (const { name, lookback } of compare) {
      if (lost[product]?.some(({ from, to }) => time > from && time - lookback <= to + 1)) continue
      const place = placeOf.get(`${product} ${wanted.time[row]}`)
      compared++
      const value = place === undefined ? undefined : found.columns[name][place]
      if (!Object.is(value, wanted.columns[name][row])) differences.push(`${name} of ${product} at ${time}: ${value}`)
    }
  }
  expect(differences.slice(0, 5)).toEqual([])
  expect(compared).toBeGreaterThan(1000)
}
