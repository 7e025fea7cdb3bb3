import { expect, test } from 'vitest'
import { murmur2, partitionOf } from '../../src/streams/partition.ts'

// Golden values of Kafka's own UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s', (text, expected) => {
  expect(murmur2(Buffer.from(text))).toBe(expected)
})

test('the partition is the positive hash modulo their number', () => {
  expect(partitionOf('21', 5)).toBe((-973932308 & 0x7fffffff) % 5)
  expect(partitionOf('abc', 1)).toBe(0)
  expect(partitionOf(Buffer.from('é'), 97)).toBe(partitionOf('é', 97))
})
