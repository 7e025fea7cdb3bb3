/** Evidently's names of the tests it picks by itself, and of the PSI. */
export const testNames = {
  ks: 'K-S p_value',
  chisquare: 'chi-square p_value',
  z: 'Z-test p_value',
  wasserstein: 'Wasserstein distance (normed)',
  jensenshannon: 'Jensen-Shannon distance',
  psi: 'PSI',
} as const

export type Test = keyof typeof testNames

/** Numbers are compared as a distribution; categories by their shares. */
export type ColumnType = 'num' | 'cat'

/** The choice of a test only asks whether there are at most so many distinct values, or fewer. */
export const distinctThatMatter = 6

/** Above so many reference values Evidently takes distances in place of p-values. */
const smallUpTo = 1000

/**
 * The test that Evidently 0.7 takes by default.
 * @param rows reference values after cleaning; only this side decides.
 * @param distinct distinct values over both sides; beyond `distinctThatMatter` their number does not count.
 */
export function chooseTest(type: ColumnType, rows: number, distinct: number): Test {
  if (rows <= smallUpTo) {
    if (distinct <= 2) return 'z'
    return type === 'num' && distinct > 5 ? 'ks' : 'chisquare'
  }
  return type === 'num' && distinct > 5 ? 'wasserstein' : 'jensenshannon'
}

export const thresholds: Record<Test, number> = {
  ks: 0.05,
  chisquare: 0.05,
  z: 0.05,
  wasserstein: 0.1,
  jensenshannon: 0.1,
  psi: 0.1,
}

/** Whether a score means drift: a p-value below its threshold (at it too for KS), a distance at or above it. */
export function isDrift(test: Test, score: number, threshold = thresholds[test]): boolean {
  if (test === 'ks') return score <= threshold
  if (test === 'chisquare' || test === 'z') return score < threshold
  return score >= threshold
}

/** Whether a test gives a distance, not a p-value. */
export function isDistance(test: Test): boolean {
  return test === 'wasserstein' || test === 'jensenshannon' || test === 'psi'
}
