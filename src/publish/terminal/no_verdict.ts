import type { Config } from '../../config.ts'
import { horizonSeconds } from '../../core/features/label.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { best } from '../../core/models/judge/lead.ts'
import { average } from '../../core/models/recipes/average.ts'
import { drawn } from '../../core/models/recipes/drawn.ts'
import type { Segment } from '../../core/models/split/segment.ts'
import { goodFor } from '../../core/models/split/session_length.ts'
import { usableWalkForward } from '../headline.ts'
import { inSentence } from '../numbers.ts'
import { spell } from './session_length.ts'
import { show } from './text_table.ts'

/**
 * What a training too short for a verdict says in its place: what it lacks and how much more is wanted, then what is judged all the same,
 * since a forecast of volatility needs no spike. Null where there can be a verdict.
 */
export function describeNoVerdict(
  evaluation: Evaluation,
  config: Pick<Config, 'split' | 'walk_forward'>,
): string[] | null {
  const { audit, splits, source, walk_forward: walk, walk_forward_missing } = evaluation
  if (!audit.passed || splits.test.degenerate === null || usableWalkForward(evaluation)) return null
  const products = source.products.length
  const seconds = Math.round(source.labelled / products) + horizonSeconds
  const { to_walk, to_test } = goodFor({ seconds, products }, config)
  const walked = walk ? `the walk-forward ${holds(walk)}` : `there is no walk-forward (${walk_forward_missing})`
  const more =
    to_walk > 0
      ? `about ${spell(to_walk)} more of this market gives a walk-forward that can be judged, ${spell(to_test)} more a test segment`
      : to_test > 0
        ? `this market is calmer than most; about ${spell(to_test)} more gives a test segment that can be judged`
        : 'this market is calmer than most: record for longer, or lower label.percentile'
  return [
    `No verdict yet: the test segment holds ${holds(splits.test)}, ${walked} (30 in 5 are wanted); ${more}.`,
    ...forecastLine(evaluation),
  ]
}

function holds({ positives, episodes }: Pick<Segment, 'positives' | 'episodes'>): string {
  return `${positives} ${positives === 1 ? 'spike' : 'spikes'} in ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`
}

function forecastLine({ walk_forward: walk, splits: { test } }: Evaluation): string[] {
  const stretch = walk ?? test
  const recipe = stretch.models[drawn.name] ?? stretch.models[average.name]
  const rules = Object.values(stretch.models).filter(({ kind }) => kind === 'baseline')
  const rule = best(rules, ({ log_sigma_rmse: error }) => error && 1 / error)
  if (!recipe?.log_sigma_rmse || !rule?.log_sigma_rmse) return []
  const where = walk ? 'the walk-forward' : 'the test segment'
  return [
    `Judged all the same, how volatile the next minute is (RMSE of ln sigma over the ${stretch.rows} rows of ${where}, lower is better): ${recipe.title} ${show(recipe.log_sigma_rmse)}, the best rule, ${inSentence(rule.title)}, ${show(rule.log_sigma_rmse)}.`,
  ]
}
