import { expect, test } from 'vitest'
import { countName } from '../../../src/market/decode/counters.ts'

test('a thousand names are counted apart, further ones as others, and no name reaches the prototype', () => {
  const counts: Record<string, number> = {}
  for (let i = 0; i < 1000; i++) countName(counts, `n${i}`)
  countName(counts, 'n7', 3)
  countName(counts, 'more')
  countName(counts, 'others', 2)
  countName(counts, '__proto__')
  countName(counts, 'toString')
  expect([Object.keys(counts).length, counts.n0, counts.n7, counts.others]).toEqual([1001, 1, 4, 5])
})

test('a name that is really `others`, and one that cannot be a key, leave a thousand others their own count', () => {
  for (const first of ['others', '__proto__']) {
    const counts: Record<string, number> = {}
    countName(counts, first)
    for (let i = 0; i < 1002; i++) countName(counts, `n${i}`)
    expect([Object.keys(counts).length, counts.n0, counts.n999, counts.n1000, counts.others]).toEqual([
      ...[1001, 1, 1, undefined, 3],
    ])
  }
})
