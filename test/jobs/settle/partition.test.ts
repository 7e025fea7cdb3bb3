import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeLabel } from '../../../src/core/features/label_json.ts'
import { encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { decodeSettled } from '../../../src/core/models/artifact/settled_json.ts'
import { SettlementPartition } from '../../../src/jobs/settle/partition.ts'
import type { Incoming } from '../../../src/streams/port.ts'

const topics = { predictions: 'p', labels: 'l', settled: 's' }

/** Records in the order given, each with the next offset of its topic. */
function recordsOf(values: [topic: string, value: string][]): Incoming[] {
  const next = new Map<string, number>()
  return values.map(([topic, value]) => {
    const offset = next.get(topic) ?? 0
    next.set(topic, offset + 1)
    return { topic, partition: 0, offset, key: 'A-USD', value: Buffer.from(value) }
  })
}

const predicted = (second: number, model = 'm', product = 'A-USD'): [string, string] => [
  'p',
  encodePrediction({ product, time: second * 1e6, model, probability: 0.5, alarm: true, tau: 1 }),
]
const matured = (second: number, sigma: number, product = 'A-USD'): [string, string] => [
  'l',
  encodeLabel(product, second * 1e6, sigma),
]

function settledBy(work: SettlementPartition, values: [string, string][]): string[] {
  for (const record of recordsOf(values)) work.take(record, false)
  return work.due.splice(0).map(({ value }) => {
    const { product, time, model, label } = decodeSettled(String(value))!
    return `${product} ${time / 1e6} ${model} ${label}`
  })
}

test('in whatever order and however often they come, each prediction meets its label once', () => {
  const second = fc.nat({ max: 30 })
  const some = fc.oneof(
    fc.record({ second, product: fc.constantFrom('A', 'B'), model: fc.constantFrom('m', 'n') }),
    fc.record({ second, product: fc.constantFrom('A', 'B'), model: fc.constant(null) }),
  )
  fc.assert(
    fc.property(fc.array(some, { maxLength: 120 }), found => {
      const work = new SettlementPartition(topics)
      const values = found.map(({ second, product, model }) =>
        model === null
          ? matured(second, second % 3 === 0 ? Number.NaN : second % 2, product)
          : predicted(second, model, product),
      )
      const labels = new Set(found.filter(({ model }) => model === null).map(one => `${one.product} ${one.second}`))
      const all = new Set(
        found.flatMap(({ product, second, model }) => (model ? [`${product} ${second} ${model}`] : [])),
      )
      const wanted = [...all].filter(one => labels.has(one.slice(0, -2)))
      const label = (one: string): string => {
        const second = Number(one.split(' ')[1])
        return `${one} ${second % 3 === 0 ? null : second % 2}`
      }
      expect(settledBy(work, values).toSorted()).toEqual(wanted.map(label).toSorted())
      const waiting = [...work.waiting().values()].reduce((sum, count) => sum + count, 0)
      expect(waiting).toBe(all.size - wanted.length)
      expect(work.skipped).toBe(0)
    }),
  )
})

test('what comes after its other half was forgotten is skipped, however often, and memory does not grow', () => {
  const work = new SettlementPartition(topics, 10)
  const values = Array.from({ length: 40 }, (_, second) => matured(second, 0))
  expect(settledBy(work, values)).toEqual([])
  const late = Array.from({ length: 40 }, (_, second) => predicted(second))
  expect(settledBy(work, [...late, ...late])).toEqual(Array.from({ length: 10 }, (_, i) => `A-USD ${30 + i} m 0`))
  expect(work.skipped).toBe(70)
  expect(work.state()).toEqual({ memory: { horizon: { 'A-USD': 39e6 }, skipped: 70 }, from: { l: 30 } })
})
