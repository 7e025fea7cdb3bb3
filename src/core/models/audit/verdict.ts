import type { AuditCheck } from '../judge/evaluation.ts'

/** Failed with its faults, or passed with what was found. */
export function verdictOf(name: string, faults: string[], found: string): AuditCheck {
  return {
    name,
    verdict: faults.length > 0 ? 'failed' : 'passed',
    detail: faults.length > 0 ? faults.join('; ') : found,
  }
}
