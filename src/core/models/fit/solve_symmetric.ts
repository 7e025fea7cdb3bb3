import { CholeskyDecomposition, Matrix } from 'ml-matrix'

/** Solves A x = b for a positive definite A, of which the lower triangle, row by row, is read. */
export function solveSymmetric(lower: Float64Array, right: Float64Array): Float64Array {
  const width = right.length
  const matrix = Matrix.zeros(width, width)
  for (let j = 0; j < width; j++)
    for (let k = 0; k <= j; k++) {
      matrix.set(j, k, lower[j * width + k])
      matrix.set(k, j, lower[j * width + k])
    }
  return Float64Array.from(new CholeskyDecomposition(matrix).solve(Matrix.columnVector(right)).to1DArray())
}
