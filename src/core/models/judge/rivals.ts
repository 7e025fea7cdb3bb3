import type { Config } from '../../../config.ts'
import type { Micros } from '../../events/event.ts'
import { horizonSeconds } from '../../features/label.ts'
import { type FeatureTable, takeRows } from '../../features/table.ts'
import type { Artifact } from '../artifact/artifact.ts'
import { scoreRows } from '../artifact/score.ts'
import type { Experiment } from '../experiment.ts'
import { drawBlocks, resampledPrecision } from '../metrics/bootstrap.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import { type Paired, pairedDifference } from '../metrics/paired.ts'
import { references } from '../recipes/rules.ts'
import { describeSegment, type Segment } from '../split/segment.ts'

/** Champion and challenger on the same rows, which neither has seen. */
export interface Rivals {
  segment: Segment
  /** PR-AUC of `champion`, `challenger` and the plain rules; null where there is no spike. */
  pr_auc: Record<string, number | null>
  /** PR-AUC of the challenger less that of the champion, with its 95 % interval by blocks; null where there is no spike. */
  difference: Paired | null
}

/**
 * Judges the challenger of a training and the champion of a former one on the rows of its test after both: later than
 * `seenUntil`, horizon and embargo, and of products that both know. A spike is what the challenger's training calls one: a
 * volatility model takes that tau as an input, a linear one is judged by the order of its scores.
 * @param seenUntil T of the last row that the champion was fitted, calibrated or judged on.
 */
export function judgeRivals(
  table: FeatureTable,
  { split, labels, tau: { tau }, scores }: Pick<Experiment, 'split' | 'labels' | 'tau' | 'scores'>,
  { champion, challenger, seenUntil }: { champion: Artifact; challenger: Artifact; seenUntil: Micros },
  { split: { embargo_s }, models }: Pick<Config, 'split' | 'models'>,
): Rivals {
  const from = seenUntil + (horizonSeconds + embargo_s) * 1e6
  const rows = split.test.filter(row => table.time[row] > from && table.product[row] in champion.tau)
  const segment = describeSegment(table, rows, labels, Math.max(from, split.testFrom))
  const label = Float64Array.from(rows, row => labels[row])
  const ofChampion = scoreRows({ ...champion, tau }, takeRows(table, rows))
  const at = (name: string) => Float64Array.from(rows, row => scores[name][row])
  const judged = {
    champion: ofChampion,
    challenger: at(challenger.name),
    ...Object.fromEntries(references.map(({ name }) => [name, at(name)])),
  }
  if (segment.positives === 0)
    return { segment, pr_auc: Object.fromEntries(Object.keys(judged).map(name => [name, null])), difference: null }
  const settings = { block_s: models.bootstrap_block_s, samples: models.bootstrap_samples, seed: models.seed }
  const time = Float64Array.from(rows, row => table.time[row])
  const group = Array.from(rows, () => 'unseen')
  const resamples = drawBlocks(time, group, settings)
  const standing = (score: Float64Array) => ({
    value: averagePrecision(label, score),
    drawn: resamples && resampledPrecision(label, score, resamples),
  })
  return {
    segment,
    pr_auc: Object.fromEntries(Object.entries(judged).map(([name, score]) => [name, averagePrecision(label, score)])),
    difference: pairedDifference(standing(judged.challenger), standing(judged.champion)),
  }
}

/** Whether the champion moves, and why in half a sentence. */
export interface Decision {
  moves: boolean
  why: string
}

/** The champion moves when the whole interval of the difference is above 0, and nothing that it scores would be lost by it. */
export function decideRivals(
  { segment: { degenerate }, difference }: Pick<Rivals, 'difference'> & { segment: Pick<Segment, 'degenerate'> },
  champion: Pick<Artifact, 'tau' | 'simulated'>,
  challenger: Pick<Artifact, 'tau' | 'simulated'>,
): Decision {
  const stays = (why: string): Decision => ({ moves: false, why })
  const lost = Object.keys(champion.tau).filter(product => !Object.hasOwn(challenger.tau, product))
  if (lost.length > 0) return stays(`the challenger knows no tau of ${lost.join(', ')}, which the champion scores`)
  if (challenger.simulated && !champion.simulated)
    return stays('the challenger is fitted on a simulated market, the champion on a real one')
  if (degenerate !== null || difference === null)
    return stays(`the unseen stretch says too little (${degenerate ?? 'no spike'})`)
  const { low, high } = difference
  if (low === null || high === null) return stays('the unseen stretch is too short for an interval')
  if (low > 0) return { moves: true, why: 'the whole interval of the difference is above 0' }
  return stays(high < 0 ? 'the challenger is worse' : 'the interval of the difference includes 0')
}
