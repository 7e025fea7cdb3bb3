import { expect, test } from 'vitest'
import { pageForest } from '../../../src/core/indicators/isolation_forest/rolling_forest.ts'
import { TickerActivity } from '../../../src/core/indicators/ticker_activity.ts'
import type { MinuteAggregates } from '../../../src/core/indicators/trade_aggregates.ts'

const day = 86_400e6
const forest = { ...pageForest, window: 20, every: 10, trees: 5, sample: 8 }

/** What is said of two stretches of trades, so long apart. */
function afterSilence(silence: number) {
  const minutes: MinuteAggregates[] = []
  const activity = new TickerActivity({ features: 'seed', forest, mean: 'fold' }, minute => minutes.push(minute))
  const start = 20_000 * day
  const trade = (at: number, i: number) => ({ time: at + 1e6 * i, price: 100 + (i % 7), size: 1 + (i % 5) })
  for (let i = 0; i < 30; i++) activity.push(trade(start, i))
  const next = trade(start + 29e6 + silence, 0)
  const said = activity.push(next)
  return { events: activity.events, model: said.model_version, last: activity.last, time: next.time, minutes }
}

test('after more than a week without a trade a ticker begins anew, its last minute told; after a week it goes on', () => {
  const { minutes, ...week } = afterSilence(7 * day)
  expect(week).toEqual({ events: 31, model: 2, last: week.time, time: week.time })
  const anew = afterSilence(7 * day + 1)
  expect(anew).toMatchObject({ events: 1, model: null, last: anew.time })
  expect(anew.minutes).toEqual(minutes)
  expect(minutes).toHaveLength(1)
})
