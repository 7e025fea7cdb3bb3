import { segmentNames } from '../../core/models/split/split.ts'
import { describeLeftOut } from '../../market/decode/left_out.ts'
import { printable } from '../../operations/printable.ts'
import { aligned, range, show, wrapped } from '../../publish/terminal/text_table.ts'
import { giveVerdict } from '../../publish/verdict.ts'
import { runPaths } from '../../run_paths.ts'
import { modelsByName } from '../models_by_name.ts'
import type { DemoResult } from './run.ts'

/** The run as one JSON object, for programs. */
export function summarise(result: DemoResult): object {
  const { digest, windows, replayed, training, files, live } = result
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
    windows,
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
      left_out: replayed.leftOut,
      dead_letters: replayed.deadLetters,
      dead_letters_by_reason: replayed.decoded.dead,
    },
    files,
  }
}

/** The run for people: digests, tau, rows, prevalence a split, scores a model, what to open. */
export function describe({ digest, windows, replayed, training, files, live }: DemoResult): string {
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
    `stream         ${live.ingested.reduce((sum, { reconnects }) => sum + reconnects, 0)} reconnects, ${replayed.decoded.gaps.sequence - replayed.decoded.withdrawn + replayed.decoded.gaps.disconnect + replayed.decoded.gaps.stale} gaps, ${live.featurized.counts.late} late, ${live.featurized.counts.duplicates} repeated, ${dead} dead letters`,
    `windows        ${windows.final} final, live as from bronze; ${windows.late} trades too late; alerts: ${alertsOf(windows.alerts)}`,
    ...replayed.notes.map(note => `               note: ${printable(note)}`),
    ...describeLeftOut(replayed.leftOut).map(reason => `               left out: ${printable(reason)}`),
    ...Object.entries(tau).map(([product, value]) => `tau            ${product} ${value.toExponential(3)}`),
    `               ${tau_source}`,
    '',
    aligned([
      ['segment', 'from', 'to', 'rows', 'spikes', 'prevalence', ''],
      ...segmentNames.map(name => {
        const { rows, positives, prevalence, from, to, degenerate } = splits[name]
        const why = degenerate ? `degenerate: ${degenerate}` : ''
        return [name, utc(from), utc(to), `${rows}`, `${positives}`, show(prevalence), why]
      }),
    ]),
    '',
    aligned([
      ['model', 'PR-AUC test', '95 % interval', 'F1', 'Brier'],
      ...Object.values(splits.test.models).map(model => [
        model.name,
        show(model.pr_auc),
        range(model.pr_auc_low, model.pr_auc_high),
        show(model.f1),
        show(model.brier),
      ]),
      ['no knowledge', show(splits.test.prevalence), '', '', ''],
    ]),
    '',
    wrapped(giveVerdict(training).sentence),
    '',
    'Open:',
    ...Object.entries(files).map(([name, path]) => `  ${name.padEnd(16)}${path}`),
    ...(files.features === runPaths.features ? next : []),
  ]
  return lines.join('\n')
}

const alertsOf = (alerts: Record<string, number>): string =>
  Object.entries(alerts)
    .map(([rule, count]) => `${count} ${rule}`)
    .join(', ') || 'none'

const utc = (iso: string): string => `${iso.slice(0, 19)}Z`

/** Where the demo was run in the folder that commands look in. */
const next = [
  '',
  'Next:',
  "  npm run mlflow                                     the runs of this demo in MLflow's pages",
  '  npm run check -- --topics demo --topic ticks.raw   what its stream holds, record by record',
  '  npm run ingest -- --pair BTC-USD --minutes 60      the same on a real market, from its first step',
]
