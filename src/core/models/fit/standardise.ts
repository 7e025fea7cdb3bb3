import { square } from '../../math/numeric.ts'

/** Mean and standard deviation (ddof 0; 1 where it is 0) of each column of a row-major matrix, as sklearn's StandardScaler. */
export interface Scaler {
  mean: number[]
  scale: number[]
}

/** Two passes, so that a column far from 0 loses no digits. */
export function fitScaler(matrix: Float64Array, width: number): Scaler {
  const rows = matrix.length / width
  const mean = new Array<number>(width).fill(0)
  const squares = new Array<number>(width).fill(0)
  for (let i = 0; i < matrix.length; i++) mean[i % width] += matrix[i] / rows
  for (let i = 0; i < matrix.length; i++) squares[i % width] += square(matrix[i] - mean[i % width]) / rows
  return { mean, scale: squares.map(square => Math.sqrt(square) || 1) }
}

/** (x - mean) / scale, in a new matrix. */
export function standardise(matrix: Float64Array, { mean, scale }: Scaler): Float64Array {
  const width = mean.length
  return matrix.map((value, i) => (value - mean[i % width]) / scale[i % width])
}
