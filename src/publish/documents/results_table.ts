import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { short, utc } from '../numbers.ts'
import { modelTable } from '../sections/model_table.ts'
import { giveVerdict } from '../verdict.ts'
import { markdownTable } from './markdown.ts'

/** What the example run says of itself, for the README: the verdict, then a line per model, the base rate last. */
export function resultsTable(evaluation: Evaluation): string {
  const { simulated, source, splits, walk_forward: report } = evaluation
  const { header, rows } = modelTable(evaluation)
  const walked = report ? `; walk-forward over ${report.folds.length} blocks, ${report.episodes} episodes` : ''
  const table = markdownTable(
    header.map(name => name.replace('\n', ' ')),
    rows,
    [1, 2, 3, 4, 5, 6, 7],
  )
  return `${giveVerdict(evaluation).sentence}

${table}

${simulated ? 'Simulated data. ' : ''}Test segment ${utc(splits.test.from)} to ${utc(splits.test.to)} UTC, ${splits.test.episodes} spike episodes${walked}; digest of the feature rows \`${short(source.digest)}…\`.`
}
