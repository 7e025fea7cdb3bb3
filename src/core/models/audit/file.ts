import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/** Whether the features are still those that were written. */
export function checkDigest({ digest: { stated, found } }: Pick<AuditInput, 'digest'>): AuditCheck {
  const name = 'digest'
  if (stated === undefined)
    return { name, verdict: 'warning', detail: 'the feature file states no digest, so later changes cannot be seen' }
  return verdictOf(
    name,
    stated === found ? [] : [`the features were changed after they were written: digest ${found}, stated ${stated}`],
    `the features are as they were written: ${found}`,
  )
}

/** The features' own leak test, done at replay. */
export function checkPerturbation({ perturbation: verdict }: Pick<AuditInput, 'perturbation'>): AuditCheck {
  const name = 'perturbation'
  if (verdict === 'passed')
    return { name, verdict, detail: 'at replay, events after T were changed and no feature of a row up to T moved' }
  if (verdict === 'failed')
    return { name, verdict, detail: 'at replay, a feature of a row up to T moved when events after T were changed' }
  return {
    name,
    verdict: 'warning',
    detail: 'the feature file does not say whether its leak test passed; scripts/replay.ts runs it',
  }
}

/** Columns beyond the spec: no model reads them, whatever they hold. */
export function checkColumns({ table, unread }: Pick<AuditInput, 'table' | 'unread'>): AuditCheck {
  const known = Object.keys(table.columns).length
  return unread.length === 0
    ? { name: 'columns', verdict: 'passed', detail: `the file holds the ${known} features of the spec and no other` }
    : { name: 'columns', verdict: 'warning', detail: `not in the spec, so not read by any model: ${unread.join(', ')}` }
}
