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

const horizonOf = (work: SettlementPartition) => (work.state().memory as { horizon: unknown }).horizon

/** Takes records in until `until`; then another one goes on with what the first left, as its topics give it. */
function settledWithRestart(records: Incoming[], until: number, most: number) {
  const first = new SettlementPartition(topics, most)
  for (const record of records.slice(0, until)) first.take(record, false)
  const { memory, from } = first.state()
  const next = new SettlementPartition(topics, most)
  next.restore(JSON.parse(JSON.stringify(memory)))
  for (const record of records.slice(0, until))
    if (record.offset >= (from?.[record.topic] ?? Number.POSITIVE_INFINITY)) next.take(record, true)
  expect(next.due).toEqual([])
  for (const record of records.slice(until)) next.take(record, false)
  return { due: [...first.due, ...next.due], skipped: next.skipped, waiting: next.waiting(), horizon: horizonOf(next) }
}

function expectSameAfterRestart(records: Incoming[], until: number, most: number): void {
  const whole = new SettlementPartition(topics, most)
  for (const record of records) whole.take(record, false)
  expect(settledWithRestart(records, until, most)).toEqual({
    ...{ due: whole.due, skipped: whole.skipped, waiting: whole.waiting(), horizon: horizonOf(whole) },
  })
}

test('a restart at any record changes nothing of what is settled, skipped or waits', () => {
  const second = fc.nat({ max: 12 })
  const some = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom('A', 'B'), second, fc.constantFrom('m', 'n', null)) },
    { weight: 1, arbitrary: fc.constantFrom('p' as const, 'l' as const) },
  )
  fc.assert(
    fc.property(
      fc.array(some, { maxLength: 60 }),
      fc.nat({ max: 60 }),
      fc.constantFrom(1, 2, 5, 100),
      (found, until, most) => {
        const values = found.map(one => {
          if (typeof one === 'string') return [one, '{}'] as [string, string]
          const [product, at, model] = one
          return model === null ? matured(at, at % 2, product) : predicted(at, model, product)
        })
        expectSameAfterRestart(recordsOf(values), until, most)
      },
    ),
    { numRuns: 200 },
  )
})

test('nor where memory is short and one topic runs far ahead of the other', () => {
  const steps = fc.array(fc.boolean(), { maxLength: 80 })
  fc.assert(
    fc.property(steps, fc.nat({ max: 80 }), fc.integer({ min: 1, max: 12 }), (isLabel, until, most) => {
      let [labels, predictions] = [0, 0]
      const values = isLabel.map(label => (label ? matured(labels, labels++ % 2) : predicted(predictions++)))
      expectSameAfterRestart(recordsOf(values), until, most)
    }),
    { numRuns: 300 },
  )
})

test('two models predict one second and one is forgotten: the other waits no more, before a restart and after it', () => {
  const records = recordsOf([predicted(0, 'm'), predicted(0, 'n'), predicted(0, 'm'), matured(0, 1)])
  const work = new SettlementPartition(topics, 2)
  for (const record of records.slice(0, 2)) work.take(record, false)
  expect(work.waiting()).toEqual(new Map(Object.entries({ m: 1, n: 1 })))
  work.take(records[2], false)
  expect(work.waiting()).toEqual(new Map())
  work.take(records[3], false)
  expect(work.counts).toEqual({ taken: 2, late: 1, repeated: 1, dead: 0 })
  for (let until = 0; until <= records.length; until++) expectSameAfterRestart(records, until, 2)
})

test('what is no label or prediction is skipped and becomes a dead letter of its topic, once', () => {
  const work = new SettlementPartition(topics)
  const [label, prediction] = recordsOf([
    ['l', 'no label'],
    ['p', matured(1, 1)[1]],
  ])
  for (const again of [false, true]) for (const record of [label, prediction]) work.take(record, again)
  expect(work.skipped).toBe(2)
  expect(work.due.map(({ topic, value }) => [topic, JSON.parse(String(value)).reason])).toEqual([
    ['l.dlq', 'not_a_label'],
    ['p.dlq', 'not_a_prediction'],
  ])
})

test('sigma_future at tau is a spike, below it none, unknown neither', () => {
  const work = new SettlementPartition(topics)
  const values = [predicted(1), predicted(2), predicted(3), matured(1, 1), matured(2, 0.999), matured(3, Number.NaN)]
  for (const record of recordsOf(values)) work.take(record, false)
  expect(work.due.map(({ topic, key }) => [topic, key])).toEqual(Array(3).fill(['s', 'A-USD']))
  const settled = work.due.map(({ value }) => decodeSettled(String(value))!)
  expect(settled.map(({ label, sigma_future }) => [label, sigma_future])).toEqual([
    [1, 1],
    [0, 0.999],
    [null, null],
  ])
})

test('a settled prediction lacks nothing that it has: model, alarm, a finite probability, a label or null', () => {
  const good = { ...JSON.parse(predicted(1)[1]), sigma_future: 1, label: 1 }
  for (const label of [0, 1, null])
    expect(decodeSettled(JSON.stringify({ ...good, label }))).toEqual({ ...good, label })
  for (const bad of [
    { label: 2 },
    { label: '1' },
    { label: undefined },
    { model: 7 },
    { alarm: 1 },
    { probability: null },
  ])
    expect(decodeSettled(JSON.stringify({ ...good, ...bad })), JSON.stringify(bad)).toBeNull()
})

interface Given {
  product: string
  second: number
  /** Null for a label. */
  model: string | null
}

/** The same by a search through all that came: what is remembered are the last `most` offsets of each topic. */
function settledByReference(given: Given[], most: number) {
  const came: (Given & { offset: number; waits: boolean })[] = []
  const next = { p: 0, l: 0 }
  const latest = { p: -1, l: -1 }
  const topicOf = ({ model }: Given) => (model === null ? 'l' : 'p')
  const isKept = (one: Given & { offset: number }) => one.offset > latest[topicOf(one)] - most
  const isLate = ({ product, second }: Given) =>
    came.some(one => !isKept(one) && one.product === product && one.second >= second)
  const counts = { taken: 0, late: 0, repeated: 0, dead: 0 }
  const settled: string[] = []
  for (const one of given) {
    const topic = topicOf(one)
    const offset = next[topic]++
    const same = came.filter(other => isKept(other) && other.product === one.product && other.second === one.second)
    if (isLate(one)) counts.late++
    else if (same.some(({ model }) => model === one.model)) counts.repeated++
    else {
      counts.taken++
      const met = same.filter(({ model, waits }) => (one.model === null ? waits : model === null))
      for (const { model } of met) settled.push(`${one.product} ${one.second} ${one.model ?? model} ${one.second % 2}`)
      for (const other of met) other.waits = false
      came.push({ ...one, offset, waits: one.model !== null && met.length === 0 })
    }
    latest[topic] = offset
  }
  const waiting: Record<string, number> = {}
  for (const one of came)
    if (one.waits && isKept(one) && !isLate(one)) waiting[one.model!] = (waiting[one.model!] ?? 0) + 1
  return { settled: settled.sort(), counts, waiting, skipped: counts.late }
}

test('with little memory it settles, counts and lets wait what a search through all that came would', () => {
  const some = fc.record({
    product: fc.constantFrom('A', 'B'),
    second: fc.nat({ max: 8 }),
    model: fc.constantFrom('m', 'n', null),
  })
  fc.assert(
    fc.property(fc.array(some, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (given, most) => {
      const work = new SettlementPartition(topics, most)
      const values = given.map(({ product, second, model }) =>
        model === null ? matured(second, second % 2, product) : predicted(second, model, product),
      )
      const settled = settledBy(work, values).sort()
      const { counts, skipped } = work
      expect({ settled, counts, waiting: Object.fromEntries(work.waiting()), skipped }).toEqual(
        settledByReference(given, most),
      )
    }),
    { numRuns: 300 },
  )
})

test('a hundred thousand records of a topic are remembered, and what is none is counted as dead', () => {
  const work = new SettlementPartition(topics)
  const [first] = recordsOf([matured(1, 1)])
  const at = (offset: number, second: number) => ({ ...recordsOf([matured(second, 1)])[0], offset })
  work.take(first, false)
  work.take(at(99_999, 2), false)
  expect(work.state().from).toEqual({ l: 0 })
  work.take(at(100_000, 3), false)
  expect(work.state()).toEqual({ memory: { horizon: { 'A-USD': 1e6 }, skipped: 0 }, from: { l: 99_999 } })
  work.take({ ...first, value: Buffer.from('none') }, false)
  expect(work.counts).toEqual({ taken: 3, late: 0, repeated: 0, dead: 1 })
})

test('what a former life took in is not counted once more', () => {
  const work = new SettlementPartition(topics)
  const records = recordsOf([predicted(1), matured(1, 1), predicted(1), predicted(2)])
  for (const record of records.slice(0, 3)) work.take(record, true)
  expect(work.counts).toEqual({ taken: 0, late: 0, repeated: 0, dead: 0 })
  work.take(records[3], false)
  expect(work.counts).toEqual({ taken: 1, late: 0, repeated: 0, dead: 0 })
})
