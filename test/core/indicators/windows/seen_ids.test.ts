import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenIds } from '../../../../src/core/indicators/windows/seen_ids.ts'

const number = fc.nat({ max: 30 }).map(String)
const word = fc.constantFrom(
  '',
  'a',
  '-1',
  '00',
  '01',
  '1.0',
  '1e1',
  ' 1',
  '1:',
  '1/',
  '999999999999999',
  '9007199254740993',
  '9007199254740992',
)

test('ids that count up, with holes that are filled later', () => {
  for (const order of [(i: number) => i, (i: number) => 99 - i, (i: number) => (37 * i) % 100]) {
    const seen = new SeenIds()
    const ids = Array.from({ length: 100 }, (_, i) => `${order(i)}`)
    expect(ids.map(id => seen.add(id))).toEqual(ids.map(() => true))
    expect(ids.map(id => seen.add(id))).toEqual(ids.map(() => false))
  }
})

test('an id is new once, whatever ids there are and in whatever order they come', () => {
  for (const some of [number, word, fc.oneof(number, word), fc.constantFrom('0', '1', 'a', 'b')])
    fc.assert(
      fc.property(fc.array(some, { maxLength: 60 }), ids => {
        const [seen, known] = [new SeenIds(), new Set<string>()]
        for (const id of ids) {
          expect(seen.add(id)).toBe(!known.has(id))
          known.add(id)
        }
      }),
      { numRuns: 300 },
    )
})
