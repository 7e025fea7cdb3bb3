import { solveSymmetric } from './solve_symmetric.ts'

/** A linear form of columns that says 0 where it knows nothing. */
export interface WeightedRidge {
  intercept: number
  /** One a column, in the column's own unit. */
  weights: Float64Array
  predict(columns: Float32Array[], rows: number): Float64Array
}

/**
 * Weighted ridge regression towards 0, the intercept too: minimises mean of w (y - b - x.v)^2 + penalty (b^2 + |v|^2), columns
 * divided by their root mean square. A null counts as 0. Hoerl, Kennard (1970).
 * @param weights of the rows, 1 on average. @param penalty above 0.
 */
export function fitWeightedRidge(
  columns: Float32Array[],
  y: Float64Array,
  weights: Float64Array,
  penalty: number,
): WeightedRidge {
  const rows = y.length
  const width = columns.length + 1
  const scale = columns.map(column => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += weights[i] * orZero(column[i]) * orZero(column[i])
    return Math.sqrt(sum / rows) || 1
  })
  const gram = new Float64Array(width * width)
  const moment = new Float64Array(width)
  const x = new Float64Array(width).fill(1)
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < width; j++) x[j] = orZero(columns[j - 1][i]) / scale[j - 1]
    for (let j = 0; j < width; j++) {
      const weighed = (weights[i] * x[j]) / rows
      moment[j] += weighed * y[i]
      for (let k = 0; k <= j; k++) gram[j * width + k] += weighed * x[k]
    }
  }
  for (let j = 0; j < width; j++) gram[j * (width + 1)] += penalty
  const [intercept, ...solved] = solveSymmetric(gram, moment)
  const own = Float64Array.from(solved, (weight, j) => weight / scale[j])
  return {
    intercept,
    weights: own,
    predict(judged, count) {
      const said = new Float64Array(count).fill(intercept)
      judged.forEach((column, j) => {
        for (let i = 0; i < count; i++) said[i] += own[j] * orZero(column[i])
      })
      return said
    },
  }
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value
}
