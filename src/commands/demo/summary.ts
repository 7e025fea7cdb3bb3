import type { JudgedModel } from '../../core/models/judge/judged_model.ts'
import { modelsByName } from '../models_by_name.ts'
import type { DemoResult } from './run.ts'

/** The run as one JSON object, for programs. */
export function summarise(result: DemoResult): object {
  const { digest, replayed, training, files, live } = result
  const { simulated, splits, tau, tau_source } = training
  const taus = Object.values(tau)
  const segment = ({ from, to, rows, positives, episodes, prevalence, degenerate }: typeof splits.train) => ({
    from,
    to,
    rows,
    positives,
    episodes,
    prevalence,
    degenerate,
  })
  return {
    simulated,
    digest,
    rows: replayed.rows,
    labelled: replayed.labelled,
    tau: taus.length === 1 ? taus[0] : tau,
    tau_source,
    splits: { train: segment(splits.train), validation: segment(splits.validation), test: segment(splits.test) },
    models: Object.fromEntries(
      Object.entries(modelsByName(training)).map(([name, { validation, test }]) => [name, { validation, test }]),
    ),
    audit: training.audit,
    perturbation: replayed.perturbation.verdict,
    counts: {
      frames: replayed.decoded.frames,
      events: replayed.decoded.events,
      gaps: replayed.decoded.gaps,
      reconnects: live.ingested.reduce((sum, { reconnects }) => sum + reconnects, 0),
      late: live.featurized.counts.late,
      duplicates: live.featurized.counts.duplicates,
      rejected: live.featurized.counts.rejected,
      dead_letters: replayed.deadLetters,
      dead_letters_by_reason: replayed.decoded.dead,
    },
    files,
  }
}

/** The run for people: digests, tau, rows, prevalence a split, scores a model, what to open. */
export function describe({ digest, replayed, training, files, live }: DemoResult): string {
  const { simulated, splits, tau, tau_source } = training
  const dead = replayed.deadLetters
  const lines = [
    '',
    simulated
      ? 'All of this is simulated: no number below says anything about a real market.'
      : 'From saved or live market data.',
    '',
    `digest live    ${digest.live}`,
    `digest replay  ${digest.replay}   ${digest.live === digest.replay ? 'equal' : 'NOT EQUAL'}`,
    `rows           ${replayed.rows}, of which labelled ${replayed.labelled}; leak test ${replayed.perturbation.verdict}`,
    `stream         ${live.ingested.reduce((sum, { reconnects }) => sum + reconnects, 0)} reconnects, ${replayed.decoded.gaps.sequence + replayed.decoded.gaps.disconnect + replayed.decoded.gaps.stale} gaps, ${live.featurized.counts.late} late, ${dead} dead letters`,
    ...Object.entries(tau).map(([product, value]) => `tau            ${product} ${value.toExponential(3)}`),
    `               ${tau_source}`,
    '',
    `${'segment'.padEnd(12)}${'rows'.padStart(7)}${'spikes'.padStart(8)}${'prevalence'.padStart(12)}   from                  to`,
    ...Object.entries({ train: splits.train, validation: splits.validation, test: splits.test }).map(
      ([name, s]) =>
        `${name.padEnd(12)}${String(s.rows).padStart(7)}${String(s.positives).padStart(8)}${s.prevalence.toFixed(3).padStart(12)}   ${s.from.slice(0, 19)}Z  ${s.to.slice(0, 19)}Z${s.degenerate ? `   degenerate: ${s.degenerate}` : ''}`,
    ),
    '',
    `${'model'.padEnd(21)}${'PR-AUC test'.padStart(12)}${'95 % interval'.padStart(17)}${'F1'.padStart(8)}${'Brier'.padStart(9)}`,
    ...Object.values(splits.test.models).map(
      model =>
        `${model.name.padEnd(21)}${cell(model.pr_auc, 12)}${interval(model).padStart(17)}${cell(model.f1, 8)}${cell(model.brier, 9, 4)}`,
    ),
    `${'prevalence'.padEnd(21)}${cell(splits.test.prevalence, 12)}   what a score without any knowledge gets`,
    '',
    'Open:',
    ...Object.entries(files).map(([name, path]) => `  ${name.padEnd(16)}${path}`),
  ]
  return lines.join('\n')
}

function cell(value: number | null, width: number, digits = 3): string {
  return (value === null ? '-' : value.toFixed(digits)).padStart(width)
}

function interval({ pr_auc_low, pr_auc_high }: JudgedModel): string {
  return pr_auc_low === null || pr_auc_high === null ? '-' : `${pr_auc_low.toFixed(3)} to ${pr_auc_high.toFixed(3)}`
}
