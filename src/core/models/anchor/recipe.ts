/**
 * The whole of the anchored recipe, so that a hash of it says whether two judgements are of the same one. Settled by leaving
 * files out, as docs/prediction.md tells; nothing of it is chosen by what it is judged on.
 */
export const anchoredRecipe = {
  name: 'anchored',
  version: 2,
  /** What is corrected. */
  anchor: 'ln ewma_volatility_120s',
  /** Neighbouring labels share 55 of 60 returns: every fifth second says nearly all. */
  every_s: 5,
  /** Rows over all files below which nothing is fitted, and rows of a file below which it counts for less than the others. */
  least_rows: 300,
  few_rows: 200,
  ridge: { penalty: 0.05 },
  trees: { objective: 'huber', rounds: 150, leaves: 8, learningRate: 0.05, leastRows: 400, l2: 1 },
  /**
   * For ranking: so much of what the trees say and, always, of the ranges of 5 minutes and 1 minute over the baseline. A range
   * passes over bounce and still seconds, and its highest values are followed by spikes more often than the baseline's.
   */
  timing: { trees: 0.2, range_300: 0.5, range_60: 0.3 },
  /** For sigma: half of what all files together say, the rest is no correction; and a bias, which the file itself shows. */
  level: { bias: 0, ridge: 0.15, trees: 0.35 },
  /** What these count against the file's own rows, in minutes. */
  strength: { bias: 10, ridge: 100, trees: 100 },
  update_s: 60,
  /** Where P stands before the file has shown anything, and what that counts, in minutes. */
  calibration: { offset: -0.6, slope: 2.2, strength: { offset: 1, slope: 3 } },
  /** P is drawn to the share of spikes in the file so far: .1 before the file has shown anything, which counts as an hour. */
  base_rate: { start: 0.1, strength: 60, share: 0.4 },
} as const
