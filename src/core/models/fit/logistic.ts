import { CholeskyDecomposition, LuDecomposition, Matrix } from 'ml-matrix'
import { exp, log1p } from '../../math/numeric.ts'

export interface LogisticSettings {
  /** Penalty l2/2 * |w|^2 beside the sum of log losses: 1/C of scikit-learn. The intercept is not penalised. */
  l2: number
  /** Weights of the classes 0 and 1; both 1 by default. */
  classWeights?: [number, number]
}

export interface LogisticFit {
  weights: number[]
  intercept: number
  iterations: number
  /** Largest element of the gradient at the last step; with l2 > 0 the optimum is unique. */
  gradient: number
}

const mostIterations = 100
const smallEnough = 1e-9

/**
 * Logistic regression by Newton's method with step halving: the unique optimum for l2 > 0, whatever the data; on separable
 * classes with l2 = 0 it stops after 100 iterations with finite weights. Deterministic: starts at 0, no randomness.
 * @param x row-major [y.length, width], standardised. @param y 0 or 1. Source: Hastie, Tibshirani, Friedman, ESL 4.4.1.
 */
export function fitLogistic(x: Float64Array, y: ArrayLike<number>, settings: LogisticSettings): LogisticFit {
  const rows = y.length
  const width = rows === 0 ? 0 : x.length / rows
  const problem: Problem = { x, y, width, l2: settings.l2, classWeights: settings.classWeights ?? [1, 1] }
  const columns = columnsOf(problem)
  let theta = new Float64Array(width + 1)
  let objective = objectiveAt(problem, theta)
  let iterations = 0
  let gradient = Number.POSITIVE_INFINITY
  while (iterations < mostIterations) {
    const { slope, hessian } = derivatives(problem, theta, columns)
    gradient = slope.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (gradient < smallEnough) break
    const step = solve(hessian, slope)
    // twice the gain that is left: below rounding, one last full step lands on the optimum
    const left = step.reduce((sum, value, j) => sum + value * slope[j], 0)
    if (left <= 1e-13 * objective) {
      theta = theta.map((value, j) => value - step[j])
      iterations++
      break
    }
    const next = descend(problem, theta, step, objective)
    if (next === null) break
    theta = next.theta
    objective = next.objective
    iterations++
  }
  return { weights: [...theta.subarray(0, width)], intercept: theta[width], iterations, gradient }
}

interface Problem {
  x: Float64Array
  y: ArrayLike<number>
  width: number
  l2: number
  classWeights: [number, number]
}

/** Halves the Newton step until the objective does not grow; null when rounding leaves nothing to gain. */
function descend(problem: Problem, theta: Float64Array<ArrayBuffer>, step: number[], objective: number) {
  for (let share = 1; share > 1e-10; share /= 2) {
    const next = theta.map((value, j) => value - share * step[j])
    const value = objectiveAt(problem, next)
    if (value <= objective) return { theta: next, objective: value }
  }
  return null
}

function objectiveAt({ x, y, width, l2, classWeights }: Problem, theta: Float64Array): number {
  let sum = 0
  for (let i = 0; i < y.length; i++) {
    const margin = y[i] === 1 ? linear(x, i * width, theta) : -linear(x, i * width, theta)
    // log(1 + e^-m) without overflow
    sum += classWeights[y[i]] * (Math.max(-margin, 0) + log1p(exp(-Math.abs(margin))))
  }
  for (let j = 0; j < width; j++) sum += (l2 / 2) * theta[j] * theta[j]
  return sum
}

function derivatives({ x, y, width, l2, classWeights }: Problem, theta: Float64Array, columns: Float64Array[]) {
  const size = width + 1
  const residuals = new Float64Array(y.length)
  const curvatures = new Float64Array(y.length)
  for (let i = 0; i < y.length; i++) {
    const p = 1 / (1 + exp(-linear(x, i * width, theta)))
    residuals[i] = classWeights[y[i]] * (p - y[i])
    curvatures[i] = classWeights[y[i]] * p * (1 - p)
  }
  const slope = new Float64Array(size)
  const hessian = Matrix.zeros(size, size)
  const scaled = new Float64Array(y.length)
  for (let j = 0; j < size; j++) {
    const column = columns[j]
    for (let i = 0; i < y.length; i++) scaled[i] = curvatures[i] * column[i]
    for (let k = j; k < size; k++) {
      const value = dot(scaled, columns[k])
      hessian.set(j, k, value)
      hessian.set(k, j, value)
    }
    slope[j] = dot(residuals, column)
  }
  for (let j = 0; j < width; j++) {
    slope[j] += l2 * theta[j]
    hessian.set(j, j, hessian.get(j, j) + l2)
  }
  return { slope, hessian }
}

/** Columns of the inputs, then one of ones for the intercept: sums over rows are fast along them. */
function columnsOf({ x, y, width }: Problem): Float64Array[] {
  const columns = Array.from({ length: width }, () => new Float64Array(y.length))
  columns.forEach((column, j) => {
    for (let i = 0; i < y.length; i++) column[i] = x[i * width + j]
  })
  return [...columns, new Float64Array(y.length).fill(1)]
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** Newton step; where the curvature has died away (separable classes, no penalty) a little is added to the diagonal. */
function solve(hessian: Matrix, slope: Float64Array): number[] {
  const right = Matrix.columnVector(slope)
  const cholesky = new CholeskyDecomposition(hessian)
  if (cholesky.isPositiveDefinite()) {
    const step = cholesky.solve(right).to1DArray()
    if (step.every(Number.isFinite)) return step
  }
  const jitter = 1e-8 * (1 + hessian.trace() / hessian.rows)
  return new LuDecomposition(Matrix.add(hessian, Matrix.eye(hessian.rows).mul(jitter))).solve(right).to1DArray()
}

function linear(x: Float64Array, start: number, theta: Float64Array): number {
  const width = theta.length - 1
  let sum = theta[width]
  for (let j = 0; j < width; j++) sum += x[start + j] * theta[j]
  return sum
}
