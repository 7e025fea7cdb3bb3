import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { WalkForward } from '../../core/models/judge/walk_forward.ts'
import { count, percent, utc } from '../numbers.ts'

const mostRows = 12

/** The blocks of a walk-forward as texts; of a long file evenly spaced ones, the first and the last among them. */
export function foldTable({ folds, skipped, block_s, tau_fixed }: WalkForward, { tau, source }: Evaluation) {
  const products = Object.keys(tau).slice(0, 2)
  const shown =
    folds.length <= mostRows
      ? folds
      : Array.from({ length: mostRows }, (_, i) => folds[Math.round((i * (folds.length - 1)) / (mostRows - 1))])
  return {
    minutes: String(Math.round(block_s / 60)),
    tau: tau_fixed ? 'the tau that the settings fix' : 'a tau of its own',
    header: [
      'Block from',
      'Trained on',
      'Rows',
      'Spikes',
      'Episodes',
      'Prevalence',
      ...products.map(product => `tau ${product}, bp`),
    ],
    rows: shown.map(fold => [
      utc(fold.from),
      count(fold.train_rows),
      count(fold.rows),
      count(fold.positives),
      `${fold.episodes}${fold.degenerate === null ? '' : ' *'}`,
      percent(fold.prevalence),
      ...products.map(product => (product in fold.tau ? (1e4 * fold.tau[product]).toPrecision(3) : '–')),
    ]),
    notes: [
      ...(shown.some(({ degenerate }) => degenerate !== null)
        ? ['* fewer than 30 spikes or 5 episodes: such a block says nothing alone, its rows count in the pool.']
        : []),
      ...(shown.length < folds.length
        ? [`${shown.length} of ${folds.length} blocks, evenly spaced; all are in evaluation.json.`]
        : []),
      ...(source.products.length > products.length
        ? ['The first two products; the others are in evaluation.json.']
        : []),
      ...(skipped.length > 0 ? [`Not judged: ${skipped.length} (${skipped[0].group}: ${skipped[0].why}).`] : []),
    ],
  }
}
