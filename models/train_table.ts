import type { Evaluation, Metrics, Segment } from './evaluation.ts'

/** What a training run found, as lines for a terminal: no PR-AUC without its prevalence, baselines and interval. */
export function describeTraining(evaluation: Evaluation): string {
  const { splits, models, audit, tau } = evaluation
  const segments = Object.entries({ train: splits.train, validation: splits.validation, test: splits.test })
  const tauText = Object.entries(tau).map(([product, value]) => `${product} ${value.toExponential(3)}`)
  return [
    evaluation.simulated ? 'SIMULATED DATA: these numbers say nothing about a real market.' : '',
    `tau ${tauText.join(', ')} (${evaluation.tau_source})`,
    '',
    aligned([
      ['segment', 'from', 'to', 'rows', 'spikes', 'episodes', 'prevalence', ''],
      ...segments.map(([name, segment]) => segmentLine(name, segment)),
    ]),
    `${splits.purged_rows} rows purged between segments (60 s horizon, ${splits.embargo_s} s embargo)`,
    '',
    aligned([
      ['on test', 'PR-AUC', '95 % interval', 'prevalence', 'lift', 'ROC-AUC', 'F1', 'Brier', 'validation PR-AUC'],
      ...Object.values(models).map(model => modelLine(model.name, model.test, model.validation)),
    ]),
    '',
    `audit ${audit.passed ? 'passed' : 'FAILED'}`,
    ...audit.checks.map(({ name, verdict, detail }) => `  ${verdict.padEnd(7)} ${name}: ${detail}`),
  ]
    .join('\n')
    .trimStart()
}

function segmentLine(name: string, segment: Segment): string[] {
  const { from, to, rows, positives, episodes, prevalence, degenerate } = segment
  const note = degenerate === null ? '' : `degenerate: ${degenerate}`
  return [name, from.slice(0, 19), to.slice(0, 19), `${rows}`, `${positives}`, `${episodes}`, show(prevalence), note]
}

function modelLine(name: string, test: Metrics, validation: Metrics): string[] {
  const { pr_auc, pr_auc_low, pr_auc_high, prevalence } = test
  return [
    name,
    show(pr_auc),
    pr_auc_low === null ? '-' : `${show(pr_auc_low)} to ${show(pr_auc_high)}`,
    show(prevalence),
    pr_auc === null || prevalence === 0 ? '-' : (pr_auc / prevalence).toFixed(2),
    show(test.roc_auc),
    show(test.f1),
    show(test.brier),
    `${show(validation.pr_auc)} at ${show(validation.prevalence)}`,
  ]
}

function show(value: number | null): string {
  return value === null ? '-' : value.toFixed(3)
}

/** Columns of equal width, two blanks between them. */
export function aligned(lines: string[][]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map(line => line[i].length)))
  return lines
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
