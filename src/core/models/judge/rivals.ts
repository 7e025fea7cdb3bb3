import type { Config } from '../../../config.ts'
import type { Micros } from '../../events/event.ts'
import { horizonSeconds } from '../../features/label.ts'
import { type FeatureTable, takeRows } from '../../features/table.ts'
import type { Artifact } from '../artifact/artifact.ts'
import { scoreRows } from '../artifact/score.ts'
import type { SettledPrediction } from '../artifact/settled_json.ts'
import type { Experiment } from '../experiment.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import type { Paired } from '../metrics/paired.ts'
import { precisionDifference } from '../metrics/precision_difference.ts'
import { references } from '../recipes/rules.ts'
import { describeSegment, type Segment } from '../split/segment.ts'
import type { Bar } from './bar.ts'

/** Champion and challenger on the same rows. */
export interface Judged {
  segment: Segment
  /** PR-AUC by name; null where there is no spike. */
  pr_auc: Record<string, number | null>
  /** PR-AUC of the challenger less that of the champion, with an interval by blocks at the bar's level; null where there is no spike. */
  difference: Paired | null
}

/** Champion and challenger on what neither has seen. */
export interface Rivals extends Judged {
  /** What the champion said live and what the challenger would have said on the same rows; null where nobody asked. */
  live: Judged | null
  bar: Bar
}

/** The champion's settled predictions by `product time`. */
export type Settled = ReadonlyMap<string, Pick<SettledPrediction, 'probability' | 'label'>>

/** What a champion and a challenger are judged with. */
interface Contest {
  champion: Artifact
  challenger: Artifact
  /** T of the last row that the champion was fitted, calibrated or judged on. */
  seenUntil: Micros
  /** Null where nobody asked how the champion did live. */
  settled: Settled | null
  bar: Bar
}

/**
 * Judges the challenger of a training and the champion of a former one on the rows of its test after both: later than
 * `seenUntil`, horizon and embargo, and of products that both know. A spike is what the challenger's training calls one: a
 * volatility model takes that tau as an input, a linear one is judged by the order of its scores. On the rows among them on which
 * the champion has spoken live, a spike is what it called one then, and its probability the one that it gave.
 */
export function judgeRivals(
  table: FeatureTable,
  { split, labels, tau: { tau }, scores }: Pick<Experiment, 'split' | 'labels' | 'tau' | 'scores'>,
  { champion, challenger, seenUntil, settled, bar }: Contest,
  { split: { embargo_s }, models }: Pick<Config, 'split' | 'models'>,
): Rivals {
  const from = seenUntil + (horizonSeconds + embargo_s) * 1e6
  const start = Math.max(from, split.testFrom)
  const rows = split.test.filter(row => table.time[row] > from && table.product[row] in champion.tau)
  const at = (name: string) => Float64Array.from(rows, row => scores[name][row])
  const judge = judgeRows.bind(null, table, { ...models, bar, start })
  const unseen = judge(rows, labels, {
    champion: scoreRows({ ...champion, tau }, takeRows(table, rows)),
    challenger: at(challenger.name),
    ...Object.fromEntries(references.map(({ name }) => [name, at(name)])),
  })
  if (settled === null) return { ...unseen, live: null, bar }
  const saidOf = (row: number) => settled.get(`${table.product[row]} ${table.time[row]}`)
  const told = rows.filter(row => (saidOf(row)?.label ?? null) !== null)
  const toldLabels = new Float64Array(table.rows).fill(Number.NaN)
  for (const row of told) toldLabels[row] = saidOf(row)!.label!
  const live = judge(told, toldLabels, {
    champion: Float64Array.from(told, row => saidOf(row)!.probability),
    challenger: scoreRows({ ...challenger, tau: champion.tau }, takeRows(table, told)),
  })
  return { ...unseen, live, bar }
}

/** @param labels of all rows of the table. @param scores of the given rows, by name. */
function judgeRows(
  table: FeatureTable,
  { bar, start, ...models }: Config['models'] & { bar: Bar; start: Micros },
  rows: Int32Array,
  labels: Float64Array,
  scores: Record<'champion' | 'challenger', Float64Array> & Record<string, Float64Array>,
): Judged {
  const segment = describeSegment(table, rows, labels, start)
  const known = segment.positives > 0
  const label = Float64Array.from(rows, row => labels[row])
  const values = Object.entries(scores).map(([name, score]) => [name, known ? averagePrecision(label, score) : null])
  const pr_auc: Judged['pr_auc'] = Object.fromEntries(values)
  if (!known) return { segment, pr_auc, difference: null }
  const time = Float64Array.from(rows, row => table.time[row])
  const { bootstrap_block_s: block_s, bootstrap_samples, seed } = models
  const settings = { block_s, samples: Math.max(bootstrap_samples, bar.samples), seed, level: bar.level }
  const difference = precisionDifference(label, [scores.challenger, scores.champion], time, settings)
  return { segment, pr_auc, difference }
}

/** Whether the champion moves, and why in half a sentence. */
export interface Decision {
  moves: boolean
  why: string
}

/** What of a judged stretch decides. */
type Standing = Pick<Judged, 'difference'> & { segment: Pick<Segment, 'degenerate'> }

/**
 * The champion moves when the whole interval of the difference is above 0, nothing that it scores would be lost by it, and the
 * challenger would not have done worse on what the champion has said live, where that says enough.
 */
export function decideRivals(
  { segment: { degenerate }, difference, live }: Standing & { live: Standing | null },
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
  if (low <= 0) return stays(high < 0 ? 'the challenger is worse' : 'the interval of the difference includes 0')
  if (live !== null && live.segment.degenerate === null && live.difference !== null && live.difference.value <= 0)
    return stays('on what the champion has said live, the challenger would have been no better')
  return { moves: true, why: 'the whole interval of the difference is above 0' }
}
