import { CholeskyDecomposition, Matrix } from 'ml-matrix'

export interface RidgeFit {
  weights: number[]
  intercept: number
}

/**
 * Ridge regression: minimises sum (y - b - x.w)^2 + l2 |w|^2, the intercept is not penalised. Hoerl, Kennard (1970).
 * @param x row-major [y.length, width], standardised: each column has mean 0. @param l2 above 0, so the optimum is unique.
 */
export function fitRidge(x: Float64Array, y: ArrayLike<number>, l2: number): RidgeFit {
  const rows = y.length
  const width = x.length / rows
  let intercept = 0
  for (let i = 0; i < rows; i++) intercept += y[i] / rows
  const gram = Matrix.zeros(width, width)
  const moment = new Float64Array(width)
  const upper = new Float64Array(width * width)
  for (let i = 0; i < rows; i++) {
    const start = i * width
    const residual = y[i] - intercept
    for (let j = 0; j < width; j++) {
      const xj = x[start + j]
      moment[j] += xj * residual
      for (let k = j; k < width; k++) upper[j * width + k] += xj * x[start + k]
    }
  }
  for (let j = 0; j < width; j++)
    for (let k = j; k < width; k++) {
      const value = upper[j * width + k] + (j === k ? l2 : 0)
      gram.set(j, k, value)
      gram.set(k, j, value)
    }
  const weights = new CholeskyDecomposition(gram).solve(Matrix.columnVector(moment)).to1DArray()
  return { weights, intercept }
}
