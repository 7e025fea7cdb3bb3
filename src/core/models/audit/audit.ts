import type { Tell } from '../tell.ts'
import { checkCalendar } from './calendar.ts'
import type { AuditCheck } from './check.ts'
import { checkColumns, checkDigest, checkPerturbation } from './file.ts'
import { checkFits } from './fits.ts'
import type { AuditInput } from './input.ts'
import { checkLead } from './lead.ts'
import { checkOwnColumns } from './own_columns.ts'
import { checkOwnFeatures } from './own_features.ts'
import { checkProducts } from './products.ts'
import { checkScores, checkThresholds } from './scores.ts'
import { checkShuffledLabels } from './shuffled_labels.ts'
import { checkShuffledSplit } from './shuffled_split.ts'
import { checkSingleFeatures } from './single_feature.ts'
import { checkSpans } from './spans.ts'
import { checkLabels, checkTau } from './tau.ts'
import { checkTwins } from './twins.ts'

export type { AuditInput } from './input.ts'

/**
 * Looks for ways in which a judged row could have reached what was fitted, or the future a feature: first at the file, then at
 * the split, at what was fitted, and at what the scores say.
 */
export function auditTraining(input: AuditInput, tell: Tell = () => {}): { passed: boolean; checks: AuditCheck[] } {
  const { table, split, splits, labels } = input
  const all = [
    () => checkDigest(input),
    () => checkPerturbation(input),
    () => checkColumns(input),
    () => checkOwnColumns(table, input.digest.stated === input.digest.found),
    () => checkOwnFeatures(table, input.config),
    () => checkCalendar(table),
    () => checkLead(table),
    () => checkProducts(input),
    () => checkSpans(input),
    () => checkTwins(input),
    () => checkTau(input),
    () => checkLabels(input),
    () => checkFits(input),
    () => checkThresholds(input),
    () => checkScores(input),
    () => checkSingleFeatures(table, split, splits, labels),
    () => checkShuffledLabels(input),
    () => checkShuffledSplit(input),
  ]
  const checks = all.map((check, i) => {
    tell('auditing', i, all.length)
    return check()
  })
  return { passed: checks.every(({ verdict }) => verdict !== 'failed'), checks }
}
