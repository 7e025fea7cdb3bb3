import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePlaces, EventLog, encodePlaces, type Places, placeOf } from '../../src/serve/event_log.ts'
import type { Kind } from '../../src/serve/topics_served.ts'

const kinds: Kind[] = ['candle', 'prediction', 'settled']
const arrivals = fc.array(fc.record({ kind: fc.constantFrom(...kinds), partition: fc.integer({ min: 0, max: 1 }) }), {
  maxLength: 120,
})

function fill(log: EventLog, list: { kind: Kind; partition: number }[], next: Places): string[] {
  return list.map(({ kind, partition }) => {
    const place = placeOf(kind, partition)
    const offset = next.get(place) ?? 0
    next.set(place, offset + 1)
    log.add(kind, { topic: kind, partition, offset, key: 'BTC-USD', value: Buffer.from('{}') })
    return `${place}:${offset}`
  })
}

describe('events after a reconnect', () => {
  test('nothing is missed and nothing doubled, in this process and in the next one that read the topics in another order', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(), arrivals, (before, cut, after) => {
        const [log, next] = [new EventLog(), new Map<string, number>()]
        for (const kind of kinds) for (const partition of [0, 1]) log.begin(kind, partition, 0)
        const at = cut % (before.length + 1)
        const seen = fill(log, before.slice(0, at), next)
        const id = encodePlaces(log.next)
        const rest = fill(log, [...before.slice(at), ...after], next)
        const missed = (one: EventLog) =>
          one.after(decodePlaces(id)!)?.map(({ kind, partition, offset }) => `${kind}:${partition}:${offset}`)
        expect(missed(log)).toEqual(rest)
        const another = new EventLog()
        for (const kind of kinds) for (const partition of [0, 1]) another.begin(kind, partition, 0)
        const order = [...before, ...after].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
        fill(another, order, new Map())
        expect([...seen, ...missed(another)!].sort()).toEqual([...seen, ...rest].sort())
      }),
      { numRuns: 200 },
    )
  })

  test('who was away for longer than is remembered, or comes from other topics, is told so', () => {
    const [log, next] = [new EventLog(10), new Map<string, number>()]
    log.begin('candle', 0, 0)
    const id = encodePlaces(log.next)
    fill(
      log,
      Array.from({ length: 25 }, () => ({ kind: 'candle' as const, partition: 0 })),
      next,
    )
    expect(log.after(decodePlaces(id)!)).toBeNull()
    expect(log.after(decodePlaces('candle:0:99')!)).toBeNull()
    expect(log.after(decodePlaces('signal:0:1')!)).toBeNull()
    expect(log.after(decodePlaces('candle:0:24')!)).toHaveLength(1)
  })

  test.each(['', 'x', 'candle:0', 'candle:0:-1', 'candle:0:1;', "candle:0:1,'", '1'.repeat(9999)])(
    'an id that no server gave is none: %s',
    text => expect(decodePlaces(text)).toBeNull(),
  )
})
