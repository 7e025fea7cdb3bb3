import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../../src/core/events/event.ts'
import { type ComputeRows, checkPerturbation, engineRows } from '../../../../src/core/features/checks/perturbation.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { type MarketShape, randomMarket, settings } from '../../../fixtures/events.ts'

const shape: MarketShape = {
  seed: 3,
  start: 1_767_571_000,
  events: 3000,
  meanStep: 0.4,
  price: 100,
  roughness: 1e-4,
  holes: 0.002,
  sizes: true,
}

it('passes on the engine as it is, over many rows', () => {
  const verdict = checkPerturbation(randomMarket(shape), engineRows(settings), seededRandom(1))
  expect(verdict).toMatchObject({ verdict: 'passed', detail: '' })
  expect(verdict.rows).toBeGreaterThan(1000)
})

it('catches a feature that looks one second ahead', () => {
  const leaking: ComputeRows = events => {
    const rows = engineRows(settings)(events)
    return new Map(
      [...rows].map(([key, values]) => {
        const [product, time] = key.split(' ')
        const next = rows.get(`${product} ${Number(time) + 1e6}`)
        return [key, Float64Array.of(...values.slice(1), next?.[0] ?? Number.NaN)]
      }),
    )
  }
  const verdict = checkPerturbation(randomMarket(shape), leaking, seededRandom(1))
  expect(verdict.verdict).toBe('failed')
  expect(verdict.detail).toMatch(/^row BTC-USD \d+ moved when the events from \d+ on were removed$/)
})

/** Rows that tell nothing but whether something later is of a kind that the market itself never brings. */
const seesLater =
  (isOdd: (event: MarketEvent) => boolean): ComputeRows =>
  events =>
    new Map(
      events.map(({ time }) => [
        `BTC-USD ${time}`,
        Float64Array.of(events.some(e => e.time > time && isOdd(e)) ? 1 : 0),
      ]),
    )

const few = randomMarket({ ...shape, events: 300 })
const lastBid = Math.max(...few.map(event => (event.type === 'quote' ? Number(event.bid) : 0)))
const lastAsk = Math.max(...few.map(event => (event.type === 'quote' ? Number(event.ask) : 0)))

it.each<[string, 'changed' | 'added', (event: MarketEvent) => boolean]>([
  ['a bid', 'changed', event => event.type === 'quote' && Number(event.bid) > 1.5 * lastBid],
  ['an ask', 'changed', event => event.type === 'quote' && Number(event.ask) > 2.5 * lastAsk],
  ['a size', 'changed', event => event.type === 'quote' && event.bid_size === '7'],
  ['the price of a trade', 'changed', event => event.type === 'trade' && Number(event.price) > 1.5 * lastBid],
  [
    'the id of a trade',
    'changed',
    event => event.type === 'trade' && few.every(e => e.type !== 'trade' || e.id !== event.id),
  ],
  ['a further connection', 'added', event => event.connection === 'added'],
])('catches a feature that sees of the future nothing but %s', (_, change, isOdd) => {
  expect(few.some(isOdd)).toBe(false)
  const { verdict, detail } = checkPerturbation(few, seesLater(isOdd), seededRandom(1))
  expect(verdict).toBe('failed')
  expect(detail).toMatch(new RegExp(`were ${change}$`))
})

it('changes the future at as many moments as asked for, none before a third of the events, and fails on one bit', () => {
  const times: number[] = []
  const all = few.map(({ time }) => time).toSorted((a, b) => a - b)
  const compute: ComputeRows = events => {
    if (events.length < few.length) times.push(events.length)
    return new Map([[`BTC-USD ${all[0]}`, Float64Array.of(0)]])
  }
  expect(checkPerturbation(few, compute, seededRandom(1))).toMatchObject({ moments: 2, rows: 6 })
  expect(times).toHaveLength(2)
  expect(checkPerturbation(few, compute, seededRandom(1), 5)).toMatchObject({ moments: 5, rows: 15 })
  for (const length of times) expect([length >= 0.25 * all.length, length <= 0.95 * all.length]).toEqual([true, true])
  expect(checkPerturbation([], compute, seededRandom(1))).toMatchObject({ verdict: 'passed', rows: 0 })
  let calls = 0
  const negativeZero: ComputeRows = () => new Map([[`BTC-USD ${all[0]}`, Float64Array.of(calls++ === 0 ? 0 : -0)]])
  expect(checkPerturbation(few, negativeZero, seededRandom(1)).verdict).toBe('failed')
  expect(checkPerturbation(few, () => new Map([[`X ${all[0]}`, Float64Array.of(calls++)]]), seededRandom(1))).toEqual(
    expect.objectContaining({ verdict: 'failed', rows: 1 }),
  )
})
