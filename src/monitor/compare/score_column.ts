import { type ColumnType, isDistance, isDrift } from '../evidently/choose.ts'
import { type EvidentlyScore, scoreNumbers } from '../evidently/score.ts'
import { spreadFloor } from '../evidently/wasserstein.ts'
import type { PooledColumn } from '../profile/pool_parts.ts'
import type { ColumnLimits } from './column_limits.ts'
import type { ProductColumn } from './scale_free.ts'

/** As Evidently 0.7 judges a column; score null and no test where it would stop with an error. */
export type ColumnScore = Partial<Omit<EvidentlyScore, 'score'>> & {
  score: number | null
  drifted: boolean
  note?: string
}

/**
 * The Evidently-compatible score, under the column's own threshold where it has one.
 * @param own the scale-free score, and the distance of both sides where it is known already.
 */
export function scoreColumn(
  { reference, current }: Record<'reference' | 'current', PooledColumn>,
  type: ColumnType,
  limits: ColumnLimits | undefined,
  own: { free: number | null; distance?: number },
): ColumnScore {
  const { deviation } = reference
  const scored = scoreNumbers(reference.sorted, current.sorted, { type, deviation, distance: own.distance })
  const threshold = (isDistance(scored.test) ? limits?.evidently_distance : limits?.evidently_p) ?? scored.threshold
  const score = { ...scored, threshold, drifted: isDrift(scored.test, scored.score, threshold) }
  return addNote(score, deviation, own.free)
}

/** The distance that is known already where one product is all there is. */
export function sharedDistance(
  { reference, current }: Record<'reference' | 'current', PooledColumn>,
  products: ProductColumn[],
): number | undefined {
  return products.find(
    product => product.reference.sorted === reference.sorted && product.current.sorted === current.sorted,
  )?.distance
}

/** Says where the floor of 0.001 hides a column of small scale. */
function addNote(score: EvidentlyScore, deviation: number, own: number | null): ColumnScore {
  if (score.test !== 'wasserstein' || deviation >= spreadFloor || deviation === 0) return score
  const unhidden = (score.score * spreadFloor) / deviation
  if (score.drifted || unhidden < score.threshold)
    return {
      ...score,
      note: `scale below Evidently's floor of ${spreadFloor}: its score is ${own === null ? 'of little use' : 'too small'}`,
    }
  return {
    ...score,
    note: `hidden by Evidently's floor: it divides by ${spreadFloor}, the column's standard deviation is ${deviation.toExponential(1)}; over that the score is ${unhidden.toFixed(2)}`,
  }
}
