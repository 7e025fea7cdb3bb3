import { z } from 'zod'

export const auditCheckSchema = z.strictObject({
  name: z.string(),
  verdict: z.enum(['passed', 'failed', 'warning']),
  /** What was looked at and what was found, for people. */
  detail: z.string(),
  /** Numbers in it that a machine may want. */
  figures: z.record(z.string(), z.number()).optional(),
})
export type AuditCheck = z.infer<typeof auditCheckSchema>

/** Failed with its faults, or passed with what was found. */
export function verdictOf(name: string, faults: string[], found: string): AuditCheck {
  return {
    name,
    verdict: faults.length > 0 ? 'failed' : 'passed',
    detail: faults.length > 0 ? faults.join('; ') : found,
  }
}
