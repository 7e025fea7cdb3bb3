import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { countNumbers, toShares } from '../../../src/monitor/evidently/binning.ts'
import { type Test, testNames } from '../../../src/monitor/evidently/choose.ts'
import { cleanNumbers, cleanTexts, countDistinct, countDistinctOfBoth } from '../../../src/monitor/evidently/clean.ts'
import { type EvidentlyScore, scoreNumbers, scoreTexts } from '../../../src/monitor/evidently/score.ts'
import { goldenFile, readGolden } from '../../fixtures/read_golden.ts'

interface Golden {
  type: 'num' | 'cat'
  n_ref: number
  n_cur: number
  nunique_ref: number
  nunique_both: number
  default_test: Test
  edges?: number[]
  percents_raw: { ref: number[]; cur: number[] }
  scores: Record<string, { score: number; drifted: boolean; threshold: number; display: string }>
}

describe('scores of Evidently 0.7.23', () => {
  const golden = readGolden('evidently/golden.json') as {
    columns: Record<string, Golden & { first_800_rows: Golden }>
  }
  const sides = { reference: readCsv('evidently/reference.csv.gz'), current: readCsv('evidently/current.csv.gz') }

  for (const [column, whole] of Object.entries(golden.columns))
    for (const [rows, expected] of [
      [3000, whole],
      [800, whole.first_800_rows],
    ] as const) {
      const texts = {
        reference: cleanTexts(sides.reference[column].slice(0, rows)),
        current: cleanTexts(sides.current[column].slice(0, rows)),
      }
      const numbers = {
        reference: cleanNumbers(texts.reference.map(Number)),
        current: cleanNumbers(texts.current.map(Number)),
      }
      const score = (name?: Test): EvidentlyScore =>
        expected.type === 'cat'
          ? scoreTexts(texts.reference, texts.current, name as 'psi')
          : scoreNumbers(numbers.reference, numbers.current, { test: name })

      for (const name of Object.keys(testNames) as Test[]) {
        const known = expected.scores[name]
        if (!known) continue
        test(`${column}, ${rows} rows: ${name}`, () => {
          const ours = score(name)
          expect(Math.abs(ours.score - known.score)).toBeLessThan(1e-9)
          expect(ours).toMatchObject({ drifted: known.drifted, threshold: known.threshold, method: known.display })
        })
      }

      test(`${column}, ${rows} rows: the default test is ${expected.default_test}`, () => {
        expect(score().test).toBe(expected.default_test)
      })

      if (expected.type === 'num')
        test(`${column}, ${rows} rows: counts of values and bins`, () => {
          expect(numbers.reference.length).toBe(expected.n_ref)
          expect(numbers.current.length).toBe(expected.n_cur)
          expect(countDistinct(numbers.reference)).toBe(expected.nunique_ref)
          expect(countDistinctOfBoth(numbers.reference, numbers.current)).toBe(expected.nunique_both)
          const counts = countNumbers(numbers.reference, numbers.current)
          expect(counts.edges?.length).toBe(expected.edges?.length)
          for (const [i, edge] of (expected.edges ?? []).entries())
            expect(Math.abs(counts.edges![i] - edge)).toBeLessThan(1e-12)
          expect(toShares(counts.reference)).toEqual(expected.percents_raw.ref)
          expect(toShares(counts.current)).toEqual(expected.percents_raw.cur)
        })
    }
})

function readCsv(name: string): Record<string, string[]> {
  const lines = gunzipSync(goldenFile(name)).toString('utf8').trimEnd().split('\n')
  const [names, ...rows] = lines.map(line => line.split(',').map(cell => cell.trim()))
  return Object.fromEntries(names.map((column, i) => [column, rows.map(row => row[i])]))
}
