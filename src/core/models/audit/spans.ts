import { horizonSeconds } from '../../features/label.ts'
import { segmentNames } from '../split/split.ts'
import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/** No row in two segments, and each fitted row's label ends, with the embargo, before the first row of a later segment. */
export function checkSpans({ table, split, config }: Pick<AuditInput, 'table' | 'split' | 'config'>): AuditCheck {
  const faults: string[] = []
  const seen = new Set<number>()
  let shared = 0
  for (const name of segmentNames)
    for (const row of split[name]) {
      if (seen.has(row)) shared++
      seen.add(row)
    }
  if (shared > 0) faults.push(`${shared} rows lie in two segments`)
  const reach = (horizonSeconds + config.split.embargo_s) * 1e6
  const gaps: string[] = []
  for (const [fitted, judged] of [
    ['train', 'validation'],
    ['train', 'test'],
    ['validation', 'test'],
  ] as const) {
    if (split[fitted].length === 0 || split[judged].length === 0) continue
    const last = split[fitted].reduce((most, row) => Math.max(most, table.time[row]), Number.NEGATIVE_INFINITY)
    const first = split[judged].reduce((least, row) => Math.min(least, table.time[row]), Number.POSITIVE_INFINITY)
    const text = `last ${fitted} row ${(first - last) / 1e6} s before the first ${judged} row`
    if (last + reach < first) gaps.push(text)
    else faults.push(`${text}, more than ${reach / 1e6} s (horizon and embargo) are needed`)
  }
  return verdictOf('spans', faults, gaps.join('; '))
}
