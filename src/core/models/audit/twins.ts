import { type AuditCheck, verdictOf } from './check.ts'
import type { AuditInput } from './input.ts'

/** Columns that no two different minutes of a market that moves have in common to the last bit. */
const looked = ['mid', 'volatility_60s', 'volatility_300s', 'ewma_volatility_60s', 'parkinson_300s', 'return_300s']

/**
 * Judged rows that are copies of fitted ones under another time. Standing still is not copying: rows without volatility, or
 * with a null among the columns compared, do not count.
 */
export function checkTwins({ table, split }: Pick<AuditInput, 'table' | 'split'>): AuditCheck {
  const { product, columns } = table
  const keyOf = (row: number): string | null => {
    const values = looked.map(name => columns[name][row])
    return values.some(Number.isNaN) || columns.volatility_60s[row] === 0 ? null : `${product[row]} ${values.join(' ')}`
  }
  const fitted = new Set<string>()
  const faults: string[] = []
  for (const segment of ['train', 'validation', 'test'] as const) {
    const keys = Array.from(split[segment], keyOf).filter(key => key !== null)
    const copies = keys.filter(key => fitted.has(key)).length
    if (copies > 0) faults.push(`${copies} rows of ${segment} are copies of rows before it under another time`)
    for (const key of keys) fitted.add(key)
  }
  return verdictOf('twins', faults, 'no judged row is a copy of a fitted one under another time')
}
