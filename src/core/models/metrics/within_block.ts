import { z } from 'zod'
import { groupIndices } from '../../math/group_indices.ts'
import { percentileOf } from '../../math/percentile.ts'
import { averagePrecision } from './metrics.ts'

/** Length of a block of time in seconds. */
const blockSeconds = 1200

/** Cells with fewer rows say too little about timing. */
const leastCell = 300

/**
 * Rows by cell: 20 minutes of one product. Cells of fewer than 300 rows are left out.
 * @param cell name of the cell of each row.
 */
export function cellsOf(cell: ArrayLike<string>): Int32Array[] {
  const cells = groupIndices(cell.length, i => cell[i])
  return [...cells.values()].filter(rows => rows.length >= leastCell).map(rows => Int32Array.from(rows))
}

/**
 * Within-block average precision: the label is the top `top` per cent of sigma_future of each cell, so only timing inside the
 * cell counts, not knowing which stretch is loud. The mean over cells, each counted once. Chance is about top/100.
 */
export function withinBlockPrecision(
  cells: Int32Array[],
  sigma: ArrayLike<number>,
  scores: ArrayLike<number>,
  top: number,
): number {
  let sum = 0
  for (const rows of cells) {
    const limit = percentileOf(
      Float64Array.from(rows, row => sigma[row]),
      100 - top,
    )
    sum += averagePrecision(
      Uint8Array.from(rows, row => (sigma[row] >= limit ? 1 : 0)),
      Float64Array.from(rows, row => scores[row]),
    )
  }
  return sum / cells.length
}

/** Within-block average precision for the top 10 and 25 %; null without a cell. */
export function withinBlocks(cells: Int32Array[], sigma: ArrayLike<number>, scores: ArrayLike<number>) {
  const of = (top: number): number | null =>
    cells.length === 0 ? null : withinBlockPrecision(cells, sigma, scores, top)
  return { within_top10: of(10), within_top25: of(25) }
}

/** What a score that is the same everywhere reaches inside blocks; null without a cell. */
export const withinChanceSchema = z.strictObject({ top10: z.number(), top25: z.number() }).nullable()
export type WithinChance = z.infer<typeof withinChanceSchema>

export function withinChance(cells: Int32Array[], sigma: ArrayLike<number>): WithinChance {
  const { within_top10, within_top25 } = withinBlocks(cells, sigma, new Float64Array(sigma.length))
  return within_top10 === null || within_top25 === null ? null : { top10: within_top10, top25: within_top25 }
}

/** Name of a row's cell: its 20 minutes since `from`, and its product. Times in microseconds. */
export function cellName(time: number, product: string, from: number): string {
  return `${Math.floor((time - from) / (blockSeconds * 1e6))} ${product}`
}
