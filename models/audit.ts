import { checkCalendar } from './audit/calendar.ts'
import { checkColumns, checkDigest, checkPerturbation } from './audit/file.ts'
import { checkFits } from './audit/fits.ts'
import type { AuditInput } from './audit/input.ts'
import { checkLead } from './audit/lead.ts'
import { checkOwnColumns } from './audit/own_columns.ts'
import { checkOwnFeatures } from './audit/own_features.ts'
import { checkProducts } from './audit/products.ts'
import { checkScores, checkThresholds } from './audit/scores.ts'
import { checkShuffledLabels } from './audit/shuffled_labels.ts'
import { checkShuffledSplit } from './audit/shuffled_split.ts'
import { checkSingleFeatures } from './audit/single_feature.ts'
import { checkSpans } from './audit/spans.ts'
import { checkLabels, checkTau } from './audit/tau.ts'
import { checkTwins } from './audit/twins.ts'
import type { AuditCheck } from './evaluation.ts'

export type { AuditInput } from './audit/input.ts'

/**
 * Looks for ways in which a judged row could have reached what was fitted, or the future a feature: first at the file, then at
 * the split, at what was fitted, and at what the scores say.
 */
export function auditTraining(input: AuditInput): { passed: boolean; checks: AuditCheck[] } {
  const { table, split, segments, labels } = input
  const checks = [
    checkDigest(input),
    checkPerturbation(input),
    checkColumns(input),
    checkOwnColumns(table, input.digest.stated === input.digest.found),
    checkOwnFeatures(table, input.config),
    checkCalendar(table),
    checkLead(table),
    checkProducts(input),
    checkSpans(input),
    checkTwins(input),
    checkTau(input),
    checkLabels(input),
    checkFits(input),
    checkThresholds(input),
    checkScores(input),
    checkSingleFeatures(table, split, segments, labels),
    checkShuffledLabels(input),
    checkShuffledSplit(input),
  ]
  return { passed: checks.every(({ verdict }) => verdict !== 'failed'), checks }
}
