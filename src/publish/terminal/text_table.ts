import type { Paired } from '../../core/models/metrics/paired.ts'

/** Columns of equal width, two blanks between them. */
export function aligned(lines: string[][]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map(line => line[i].length)))
  return lines
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Three decimals; `-` where there is no number. */
export function show(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '-' : value.toFixed(3)
}

export function range(low: number | null, high: number | null): string {
  return low === null || high === null ? '-' : `${low.toFixed(3)} to ${high.toFixed(3)}`
}

/** A paired figure with its interval; blank for a model against itself. */
export function paired(value: Paired | undefined): string {
  if (value === undefined) return ''
  return `${show(value.value)} (${range(value.low, value.high)})`
}
