import { countNumbers, countTexts, countValues } from './binning.ts'
import { scoreChiSquare } from './chi_square.ts'
import { type ColumnType, chooseTest, distinctThatMatter, isDrift, type Test, testNames, thresholds } from './choose.ts'
import { countDistinctOfBoth, type Sorted } from './clean.ts'
import { scoreJensenShannon } from './jensen_shannon.ts'
import { scoreKs } from './ks.ts'
import { scorePsi } from './psi.ts'
import { scoreWasserstein } from './wasserstein.ts'
import { scoreZ } from './z_test.ts'

export interface EvidentlyScore {
  /** Short name of the test; `method` is Evidently's own. */
  test: Test
  method: string
  /** A p-value or a distance, after the test. */
  score: number
  threshold: number
  drifted: boolean
}

/** What is known already of a numeric column, and spares the work. */
export interface KnownFigures {
  /** `num` by default. */
  type?: ColumnType
  /** By default the one Evidently takes. */
  test?: Test
  /** Of the reference, divisor n. */
  deviation?: number
  /** W1 in the unit of the column. */
  distance?: number
}

/**
 * Score of a numeric column.
 * @param reference cleaned, at least one value; `current` likewise.
 */
export function scoreNumbers(reference: Sorted, current: Sorted, known: KnownFigures = {}): EvidentlyScore {
  const { type = 'num', test } = known
  const chosen = test ?? chooseTest(type, reference.length, countDistinctOfBoth(reference, current, distinctThatMatter))
  return judge(chosen, scoreOf())

  function scoreOf(): number {
    const count = type === 'num' ? countNumbers : countValues
    switch (chosen) {
      case 'ks':
        return scoreKs(reference, current)
      case 'wasserstein':
        return scoreWasserstein(reference, current, known)
      case 'psi':
        return scorePsi(count(reference, current))
      case 'jensenshannon':
        return scoreJensenShannon(count(reference, current))
      case 'chisquare':
        return scoreChiSquare(countValues(reference, current))
      case 'z':
        return scoreZ(countValues(reference, current))
    }
  }
}

/** Score of a column of texts with few distinct values; KS and Wasserstein do not apply. */
export function scoreTexts(
  reference: readonly string[],
  current: readonly string[],
  test?: Exclude<Test, 'ks' | 'wasserstein'>,
): EvidentlyScore {
  const counts = countTexts(reference, current)
  const chosen =
    test ?? (chooseTest('cat', reference.length, counts.reference.length) as 'z' | 'chisquare' | 'jensenshannon')
  const score = { psi: scorePsi, jensenshannon: scoreJensenShannon, chisquare: scoreChiSquare, z: scoreZ }[chosen](
    counts,
  )
  return judge(chosen, score)
}

function judge(test: Test, score: number): EvidentlyScore {
  return { test, method: testNames[test], score, threshold: thresholds[test], drifted: isDrift(test, score) }
}
