import { maximum } from '../../core/math/extremes.ts'
import type { Paired } from '../../core/models/metrics/paired.ts'

/** Columns of equal width, two blanks between them; to the right where all below the first line begin as numbers do. */
export function aligned(lines: string[][]): string {
  const columns = lines[0].map((_, i) => lines.map(line => line[i]))
  const cells = columns.map(column => {
    const width = maximum(column.map(({ length }) => length))
    const right = column.length > 1 && column.slice(1).every(cell => /^(-|)$|^[-+]?\d[\d.,e+-]*( %)?$/.test(cell))
    return column.map(cell => (right ? cell.padStart(width) : cell.padEnd(width)))
  })
  return lines
    .map((_, row) =>
      cells
        .map(column => column[row])
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `aligned` without the columns in which no line but the first says anything; nothing where only names are left. */
export function alignedWhereKnown(lines: string[][]): string[] {
  const isKnown = lines[0].map((_, i) => i === 0 || lines.slice(1).some(line => !/^-?$/.test(line[i])))
  return isKnown.filter(Boolean).length > 1 ? [aligned(lines.map(line => line.filter((_, i) => isKnown[i])))] : []
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

/** A sentence or more in lines of at most so many characters, cut between words. */
export function wrapped(text: string, width = 116): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}
