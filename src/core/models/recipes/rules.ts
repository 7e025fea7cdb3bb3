import type { FeatureTable } from '../../features/table.ts'
import type { Recipe, Training } from './recipe.ts'

/** A recipe that is fitted on nothing: a formula of a row and of its product's tau. */
export interface Rule extends Recipe {
  /** Title for a column of a table. */
  short: string
  /** Feature columns that it reads. */
  inputs: string[]
  fit(training: Pick<Training, 'tau'>): ReturnType<Recipe['fit']>
}

/** z of n = 900 values cannot be below -(n-1)/sqrt(n) = -29.97 (Samuelson 1968): what a null gets. */
const lowestZScore = -30

export const persistence = relativeToTau(
  'persistence',
  'Persistence, 60 s',
  'Persistence 60 s',
  'volatility_60s / tau: the next minute stays as the last one was; a null scores 0, the lowest.',
  ['volatility_60s'],
)

export const zscore = rule({
  name: 'zscore',
  title: 'z-score rule',
  short: 'z-score rule',
  recipe: 'volatility_zscore_900s: volatility_60s against its own last 15 minutes; a null scores -30, the lowest.',
  inputs: ['volatility_zscore_900s'],
  forecasts: false,
  score: ({ volatility_zscore_900s }, row) => orElse(volatility_zscore_900s[row], lowestZScore),
})

export const persistence300 = relativeToTau(
  'persistence_300s',
  'Persistence, 300 s',
  'Persistence 300 s',
  'volatility_300s / tau: the level of the last five minutes; volatility_60s where that is null, else 0.',
  ['volatility_300s', 'volatility_60s'],
)

export const ewma = relativeToTau(
  'ewma_120s',
  'EWMA, half-life 120 s',
  'EWMA 120 s',
  'ewma_volatility_120s / tau, as RiskMetrics (1996); the next shorter memory where it is null, else 0.',
  ['ewma_volatility_120s', 'ewma_volatility_60s', 'volatility_60s'],
)

/** In the order in which they are shown. */
export const rules: Rule[] = [persistence, zscore, persistence300, ewma]

/** The rules with which lift and gain compare every model. */
export const references: Rule[] = [persistence, persistence300, ewma]

/** Divides the first column that is not null by tau. Such a score times tau is a volatility, so the rule forecasts sigma too. */
function relativeToTau(name: string, title: string, short: string, recipe: string, inputs: string[]): Rule {
  const score: Formula['score'] = (columns, row, tau) => {
    const known = inputs.find(input => Number.isFinite(columns[input][row]))
    return known === undefined ? 0 : orElse(columns[known][row] / tau, 0)
  }
  return rule({ name, title, short, recipe, inputs, forecasts: true, score })
}

interface Formula extends Pick<Rule, 'name' | 'title' | 'short' | 'inputs'> {
  recipe: string
  /** Whether a score times tau is a forecast of sigma_future. */
  forecasts: boolean
  /** A row whose columns are null gets the lowest score there can be: a rule that knows nothing gives no alarm. */
  score(columns: FeatureTable['columns'], row: number, tau: number): number
}

function rule({ name, title, short, recipe, inputs, forecasts, score }: Formula): Rule {
  return {
    ...{ name, title, short, inputs },
    kind: 'baseline',
    probability: false,
    fit: ({ tau }) => ({
      recipe,
      params: { input: inputs.join(', ') },
      weights: [],
      inputs,
      predict({ product, columns }, rows) {
        const scores = Float64Array.from(rows, row => score(columns, row, tau[product[row]]))
        return { score: scores, sigma: forecasts ? scores.map((value, i) => value * tau[product[rows[i]]]) : null }
      },
    }),
  }
}

function orElse(value: number, other: number): number {
  return Number.isFinite(value) ? value : other
}
