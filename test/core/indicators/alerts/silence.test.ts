import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Silence } from '../../../../src/core/indicators/alerts/silence.ts'

const limit = 30
const event = fc.record({
  type: fc.constantFrom('quote' as const, 'trade' as const, 'clock' as const, 'gap' as const),
  product: fc.constantFrom('A', 'B', 'C'),
  step: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(29, 30, 31, 60)),
})

/** What is told, worked out by looking at every product at every event. */
function told(events: { type: string; product: string; time: number }[]): string[][] {
  const last = new Map<string, number>()
  const silent = new Set<string>()
  let clock = Number.NEGATIVE_INFINITY
  return events.map(({ type, product, time }) => {
    const said: string[] = []
    clock = Math.max(clock, time)
    for (const [name, at] of last) {
      if (silent.has(name) || clock < at + limit) continue
      silent.add(name)
      said.push(`${name} silent at ${at + limit} for ${clock - at}`)
    }
    if ((type === 'quote' || type === 'trade') && time > (last.get(product) ?? Number.NEGATIVE_INFINITY)) {
      if (silent.delete(product)) said.push(`${product} back at ${time}`)
      last.set(product, time)
    }
    return said
  })
}

test('silent and speaking again are told as by a look at every product at every event, a restart anywhere', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), fc.nat(80), (found, restart) => {
      let at = 1000
      const events = found.map(({ type, product, step }) => {
        at += step
        return { type, product, time: at }
      })
      let silence = new Silence(limit)
      const heard = events.map(({ type, product, time }, i) => {
        if (i === restart) {
          const state = JSON.parse(JSON.stringify(silence.state()))
          silence = new Silence(limit)
          silence.restore(state)
        }
        const said: string[] = []
        silence.take(
          { type, product, time: 1e6 * time },
          one => said.push(`${one.product} silent at ${one.time / 1e6} for ${one.silent_s}`),
          (name, back) => said.push(`${name} back at ${back / 1e6}`),
        )
        return said
      })
      expect(heard).toEqual(told(events))
    }),
    { numRuns: 500 },
  )
})
