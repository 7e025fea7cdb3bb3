import { expect, test } from 'vitest'
import type { Bar } from '../../../../src/core/features/bar/bar.ts'
import { ProductEngine } from '../../../../src/core/features/engine.ts'
import { historySeconds } from '../../../../src/core/features/window/history.ts'
import { randomMarket, settings } from '../../../fixtures/events.ts'

/** Sessions longer than the columns, so that they are moved to their front, and one that ends and begins beyond. */
const shape = { seed: 4, start: 1_767_571_000, price: 66_853.9, roughness: 1e-4, sizes: true }
const markets = [
  { ...shape, events: 1100, meanStep: 4, holes: 0 },
  { ...shape, seed: 9, events: 1500, meanStep: 3, holes: 0.002 },
]

test.each(markets)('of a long session (seed $seed) the last seconds are enough to go on', market => {
  const events = randomMarket(market)
  const of = (given: string[], bars: Bar[] = []) =>
    new ProductEngine('BTC-USD', settings, {
      row: (_, time, values) => given.push(`${time} ${[...values].join(' ')}`),
      bar: (_, bar) => bars.push(bar),
    })
  for (const part of [0.45, 0.8]) {
    const cut = Math.floor(part * events.length)
    const [whole, bars, later]: [string[], Bar[], string[]] = [[], [], []]
    const first = of(whole, bars)
    for (const event of events.slice(0, cut)) first.push(event)
    const before = { rows: whole.length, sessions: first.counts.sessions }
    const next = of(later)
    for (const bar of bars) if (bar.second >= first.openFrom - historySeconds) next.restore(bar)
    next.goOn(first.openFrom, first.watermark)
    for (const event of events.slice(0, cut)) if (Math.floor(event.time / 1e6) >= first.openFrom) next.push(event)
    for (const event of events.slice(cut)) {
      first.push(event)
      next.push(event)
    }
    expect(later).toEqual(whole.slice(before.rows))
    expect(next.counts.rows).toBe(later.length)
    expect(next.counts.sessions).toBe(first.counts.sessions - before.sessions)
  }
})
