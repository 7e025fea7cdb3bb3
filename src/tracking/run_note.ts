import type { Evaluation } from '../core/models/judge/evaluation.ts'

/** What a person reads first on the run's page. */
export function noteOf({ simulated, splits, walk_forward, walk_forward_missing }: Evaluation): string {
  const lines = Object.values(splits.test.models).map(({ title, pr_auc, pr_auc_low, pr_auc_high }) => {
    const interval = pr_auc_low === null ? '' : ` (${shown(pr_auc_low)} to ${shown(pr_auc_high)})`
    return `| ${title} | ${shown(pr_auc)}${interval} |`
  })
  return [
    simulated ? '**Simulated data: no number says anything about a real market.**\n' : '',
    `Test segment, prevalence ${shown(splits.test.prevalence)}, ${splits.test.episodes} episodes${splits.test.degenerate ? `; degenerate: ${splits.test.degenerate}` : ''}.\n`,
    '| Model | PR-AUC on test (95 % interval) |\n| --- | --- |',
    ...lines,
    walk_forward
      ? `\nWalked forward through ${walk_forward.folds.length} folds as well: see \`folds.json\` and the metrics with steps.`
      : `\nNot walked forward: ${walk_forward_missing}.`,
  ]
    .filter(line => line !== '')
    .join('\n')
}

function shown(value: number | null): string {
  return value === null ? 'undefined' : value.toFixed(3)
}
