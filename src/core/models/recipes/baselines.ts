import type { FeatureTable } from '../../features/table.ts'

/** A rule that is fitted on nothing: a score of each row from one column. */
export interface Baseline {
  name: string
  title: string
  recipe: string
  /** Feature columns that it reads. */
  inputs: string[]
  /** A row whose column is null gets the lowest score there can be: a rule that knows nothing gives no alarm. */
  score(table: FeatureTable, tau: Record<string, number>): Float64Array
}

/** z of n = 900 values cannot be below -(n-1)/sqrt(n) = -29.97 (Samuelson 1968): what a null gets. */
const lowestZScore = -30

export const persistence: Baseline = {
  name: 'persistence',
  title: 'Persistence, 60 s',
  recipe: 'volatility_60s / tau: the next minute stays as the last one was; a null scores 0, the lowest.',
  inputs: ['volatility_60s'],
  score: ({ rows, product, columns }, tau) =>
    Float64Array.from({ length: rows }, (_, row) => orElse(columns.volatility_60s[row] / tau[product[row]], 0)),
}

export const zscore: Baseline = {
  name: 'zscore',
  title: 'z-score rule',
  recipe: 'volatility_zscore_900s: volatility_60s against its own last 15 minutes; a null scores -30, the lowest.',
  inputs: ['volatility_zscore_900s'],
  score: ({ columns }) => columns.volatility_zscore_900s.map(z => orElse(z, lowestZScore)),
}

export const persistence300: Baseline = {
  name: 'persistence_300s',
  title: 'Persistence, 300 s',
  recipe: 'volatility_300s / tau: the level of the last five minutes; volatility_60s where that is null, else 0.',
  inputs: ['volatility_300s', 'volatility_60s'],
  score: (table, tau) => relativeTo(tau, table, firstKnown(table, ['volatility_300s', 'volatility_60s'])),
}

const ewmaChain = ['ewma_volatility_120s', 'ewma_volatility_60s', 'volatility_60s']

export const ewma120: Baseline = {
  name: 'ewma_120s',
  title: 'EWMA, half-life 120 s',
  recipe: 'ewma_volatility_120s / tau, as RiskMetrics (1996); the next shorter memory where it is null, else 0.',
  inputs: ewmaChain,
  score: (table, tau) => relativeTo(tau, table, firstKnown(table, ewmaChain)),
}

/** In the order in which they are shown. */
export const baselines: Baseline[] = [persistence, zscore, persistence300, ewma120]

/** Of each row the first of the columns that is not null, else 0. */
function firstKnown({ rows, columns }: FeatureTable, names: string[]): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const name = names.find(one => Number.isFinite(columns[one][row]))
    return name === undefined ? 0 : columns[name][row]
  })
}

function relativeTo(tau: Record<string, number>, { product }: FeatureTable, sigma: Float64Array): Float64Array {
  return sigma.map((value, row) => orElse(value / tau[product[row]], 0))
}

function orElse(value: number, other: number): number {
  return Number.isFinite(value) ? value : other
}
