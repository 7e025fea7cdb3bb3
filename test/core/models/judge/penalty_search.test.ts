import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { searchPenalty } from '../../../../src/core/models/judge/penalty_search.ts'
import { searchRounds } from '../../../../src/core/models/judge/rounds_search.ts'
import { walkForward } from '../../../../src/core/models/split/walk_forward.ts'
import { copyTable, syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()
const table = syntheticTable(9000, 63, ['BTC-USD'])
const settings = { ...config.walk_forward, embargo_s: config.split.embargo_s, percentile: 90, models: config.models }

test('no search moves when everything from the first judged block on is changed', () => {
  const [{ from }] = walkForward(table, settings)
  const changed = copyTable(table)
  for (let row = 0; row < table.rows; row++) {
    // a row whose label ends before the first judged second is all that a search may see
    if (table.time[row] + 60e6 < from) continue
    changed.sigma_future[row] *= 7
    if (table.time[row] >= from) for (const column of Object.values(changed.columns)) column[row] = row
  }
  const of = (one: typeof table) => {
    const groups = [{ name: 'a', table: one }]
    return { penalty: searchPenalty(groups, settings), rounds: searchRounds(groups, settings) }
  }
  const found = of(table)
  expect(of(changed)).toEqual(found)
  expect(found.penalty.filter(({ fixed }) => fixed).map(({ ridge_l2 }) => ridge_l2)).toEqual([config.models.ridge_l2])
  expect(found.rounds).toEqual([
    {
      group: 'a',
      train_rows: expect.any(Number),
      watched_rows: expect.any(Number),
      rounds: expect.any(Number),
      fixed: 120,
    },
  ])
  expect(found.rounds[0].rounds).toBeGreaterThan(0)
})

test('a group that is too short is left out of the search of rounds', () => {
  const short = { ...table, rows: 900 }
  expect(searchRounds([{ name: 'a', table: short }], settings)).toEqual([])
})
