import { expect, test } from 'vitest'
import { matchColumns } from '../../../src/monitor/compare/match_columns.ts'
import type { Profile } from '../../../src/monitor/profile/profile.ts'

/** As much of a profile as is looked at: two rows, no null. */
const sideOf = (name: string, columns: string[]) =>
  ({
    name,
    rows: 2,
    spec_version: null,
    columns: Object.fromEntries(columns.map(column => [column, { nulls: 0, infinite: 0 }])),
    others: {},
  }) as unknown as Profile

test('the threshold that stands in labelled files is not compared, and that is said', () => {
  const { names, left_out } = matchColumns(sideOf('train', ['mid', 'tau']), sideOf('test', ['tau', 'mid']))
  expect(names).toEqual(['mid'])
  expect(left_out).toEqual([{ name: 'tau', reason: 'the threshold of the label, not a measurement' }])
})
