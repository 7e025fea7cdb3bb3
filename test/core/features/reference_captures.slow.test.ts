/** The slow reference over every capture: whole where it is short, else stretches of it. */
import { expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { captures, eventsOf } from '../../fixtures/captures.ts'
import { expectClose } from '../../fixtures/close.ts'
import { rowsOf } from '../../fixtures/events.ts'
import { referenceRows } from '../../fixtures/reference_features.ts'
import { simulatedCaptures } from '../../fixtures/simulated_captures.ts'
import { needs } from '../../harness/needs.ts'

const config = readConfig()
const settings = { ...config.time, ...config.features }
/** No feature looks further back, in seconds. */
const lookback = 1300
const judged = 300
const stretches = 2
const wholeBelow = 1500

for (const { name, path, lacks } of [...simulatedCaptures(), ...captures])
  it(`${name}: every row has what the formulas say`, needs(lacks), async () => {
    const late: MarketEvent[] = []
    const all = await eventsOf(path)
    rowsOf(all, late)
    const byProduct = Map.groupBy(
      all.filter(event => !late.includes(event)),
      event => event.product,
    )
    let compared = 0
    for (const events of byProduct.values()) compared += judge(events)
    expect(compared).toBeGreaterThan(0)
  })

/** @returns how many rows were compared. */
function judge(events: MarketEvent[]): number {
  const table = rowsOf(events)
  const places = new Map(Array.from(table.time, (time, row) => [time, row]))
  let compared = 0
  for (const [from, to] of stretchesOf(table.time)) {
    const begin = from - lookback * 1e6
    const rows = referenceRows(
      events.filter(({ time }) => time >= begin && time < to + (settings.out_of_orderness_s + 1) * 1e6),
      settings,
    ).filter(({ time }) => time >= from && time < to)
    for (const { time, values } of rows) {
      const row = places.get(time)
      if (row === undefined) throw new Error(`the reference has a row at ${time}, the engine has none`)
      for (const name of featureNames) expectClose(name, table.columns[name][row], values, values.mid)
    }
    compared += rows.length
  }
  return compared
}

/** Times in µs, end not included. */
function stretchesOf(times: Float64Array): [number, number][] {
  if (times.length < wholeBelow) return [[times[0], times[times.length - 1] + 1]]
  const random = seededRandom(60)
  return Array.from({ length: stretches }, () => {
    const from = times[Math.floor(random() * (times.length - judged))]
    return [from, from + judged * 1e6]
  })
}
