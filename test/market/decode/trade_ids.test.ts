import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type IdRanges, TradeIds } from '../../../src/market/decode/trade_ids.ts'

it.each(['0x10', ' 16', '16.0', '016', '1.6e1', '+16', ''])('an id %j is not the trade 16', id => {
  const ids = new TradeIds()
  expect(ids.add('16')).toBe(true)
  expect(ids.has(id)).toBe(false)
  expect(ids.add(id)).toBe(true)
  expect(ids.add('16')).toBe(false)
  expect(ids.snapshot()).toEqual([[16, 16]])
})

it.each([
  ['9007199254740991', false],
  ['9007199254740992', true],
  ['9999999999999999', true],
  ['90071992547409910', true],
  ['0', false],
  ['00', true],
])('%s is remembered where it is a whole number that is exact', (id, isNewAgain) => {
  const ids = new TradeIds()
  expect(ids.add(id)).toBe(true)
  expect(ids.add(id)).toBe(isNewAgain)
})

/** Stretches of a set of numbers. */
function stretchesOf(seen: Set<number>): IdRanges {
  const ranges: IdRanges = []
  for (const id of [...seen].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.[1] === id - 1) last[1] = id
    else ranges.push([id, id])
  }
  return ranges
}

it('in any order it knows what a set would know, but for the oldest hole beyond sixty-four stretches', () => {
  const some = fc.array(fc.nat({ max: 220 }), { minLength: 60, maxLength: 260, size: 'max' })
  fc.assert(
    fc.property(some, fc.nat({ max: 260 }), (found, restart) => {
      let ids = new TradeIds()
      const seen = new Set<number>()
      for (const [i, id] of found.entries()) {
        if (i === restart) ids = new TradeIds(ids.snapshot())
        expect(ids.has(`${id}`)).toBe(seen.has(id))
        expect(ids.add(`${id}`)).toBe(!seen.has(id))
        seen.add(id)
        const ranges = stretchesOf(seen)
        if (ranges.length > 64) for (let hole = ranges[0][1]; hole < ranges[1][0]; hole++) seen.add(hole)
        expect(ids.snapshot()).toEqual(stretchesOf(seen))
      }
    }),
    { numRuns: 12, seed: 60 },
  )
  const ids = new TradeIds()
  for (let i = 0; i < 66; i++) expect([i, ids.add(`${3 * i}`)]).toEqual([i, true])
  expect(ids.snapshot().slice(0, 2)).toEqual([
    [0, 6],
    [9, 9],
  ])
})
