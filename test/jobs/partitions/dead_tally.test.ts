import { expect, test } from 'vitest'
import { type DeadTally, noteDead, tellDead } from '../../../src/jobs/partitions/dead_tally.ts'
import { deadLetterOf } from '../../../src/streams/dead_letter.ts'

test('dead letters are told by reason, each with the place of its first', () => {
  const tally: DeadTally = {}
  expect(tellDead(tally)).toBe('0 dead letters')
  const letter = (offset: number, reason: string) =>
    deadLetterOf({ topic: 'ticks.raw', partition: 1, offset, key: 'k', value: Buffer.from('x') }, reason)
  for (const [offset, reason] of [
    [12, 'not JSON'],
    [13, 'time_ahead'],
    [40, 'not JSON'],
  ] as const)
    noteDead(tally, letter(offset, reason))
  expect(tally).toEqual({
    'not JSON': { count: 2, first: { topic: 'ticks.raw', partition: 1, offset: 12 } },
    time_ahead: { count: 1, first: { topic: 'ticks.raw', partition: 1, offset: 13 } },
  })
  expect(tellDead(tally)).toBe(
    '3 dead letters (2 not JSON, the first at ticks.raw, partition 1, offset 12; 1 time_ahead, the first at ticks.raw, partition 1, offset 13)',
  )
})
