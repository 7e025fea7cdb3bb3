import type { Evaluation } from '../models/evaluation.ts'
import { markdownTable } from './markdown.ts'
import { interval, score, short, utc } from './numbers.ts'

/** What the example run printed, for the README: one line a model, its base rate beside it. */
export function resultsTable({ simulated, source, splits, models }: Evaluation): string {
  const table = markdownTable(
    ['Model', 'PR-AUC on test', '95 % interval', 'Prevalence', 'F1', 'Brier'],
    Object.values(models).map(({ title, test }) => [
      title,
      score(test.pr_auc),
      interval(test),
      score(test.prevalence),
      score(test.f1),
      score(test.brier),
    ]),
    [1, 2, 3, 4, 5],
  )
  return `${table}

${simulated ? 'Simulated data. ' : ''}Test segment ${utc(splits.test.from)} to ${utc(splits.test.to)} UTC, ${splits.test.episodes} spike episodes; digest of the feature rows \`${short(source.digest)}…\`.`
}
