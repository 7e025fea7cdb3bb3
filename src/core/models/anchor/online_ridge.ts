import { solveSymmetric } from '../fit/solve_symmetric.ts'

/**
 * Ridge regression that takes rows one at a time and is drawn towards weights known beforehand: minimises
 * sum w (y - x.v)^2 + sum strength (v - prior)^2. Without rows it says what the prior says. Its state does not grow.
 */
export class OnlineRidge {
  /** As of the last `solve`. */
  weights: Float64Array
  readonly #prior: Float64Array
  readonly #strength: Float64Array
  readonly #gram: Float64Array
  readonly #moment: Float64Array

  /** @param prior weights without data. @param strength above 0, one a weight, in units of a row's weight. */
  constructor(prior: number[], strength: number[]) {
    this.#prior = Float64Array.from(prior)
    this.#strength = Float64Array.from(strength)
    this.weights = Float64Array.from(prior)
    this.#gram = new Float64Array(prior.length * prior.length)
    this.#moment = new Float64Array(prior.length)
  }

  take(x: ArrayLike<number>, y: number, weight: number): void {
    const width = this.#prior.length
    let left = y
    for (let j = 0; j < width; j++) left -= x[j] * this.#prior[j]
    for (let j = 0; j < width; j++) {
      this.#moment[j] += weight * x[j] * left
      for (let k = 0; k <= j; k++) this.#gram[j * width + k] += weight * x[j] * x[k]
    }
  }

  solve(): void {
    const width = this.#prior.length
    const lower = this.#gram.map((value, i) => value + (i % (width + 1) === 0 ? this.#strength[i / (width + 1)] : 0))
    const moved = solveSymmetric(lower, this.#moment)
    this.weights = this.#prior.map((weight, j) => weight + moved[j])
  }
}
