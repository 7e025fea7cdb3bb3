import { exp } from '../../math/numeric.ts'

interface Start {
  offset: number
  slope: number
  strength: { offset: number; slope: number }
}

/**
 * P(1) = 1/(1 + e^-(offset + slope s)), both numbers moved by each row that it takes: one Newton step on a quadratic that stands
 * for all rows before (a Kalman filter of the logistic model), drawn towards a start. Its state does not grow.
 */
export class OnlineLogistic {
  #offset: number
  #slope: number
  /** Information about offset and slope: [oo, os, ss]. */
  readonly #information: [number, number, number]

  /** @param start offset and slope without data; `strength`, above 0, is what they count against rows. */
  constructor({ offset, slope, strength }: Start) {
    this.#offset = offset
    this.#slope = slope
    this.#information = [strength.offset, 0, strength.slope]
  }

  probability(score: number): number {
    return 1 / (1 + exp(-(this.#offset + this.#slope * score)))
  }

  take(score: number, label: number, weight: number): void {
    const p = this.probability(score)
    const curvature = weight * p * (1 - p)
    const [oo, os, ss] = this.#information
    const a = oo + curvature
    const b = os + curvature * score
    const c = ss + curvature * score * score
    const pull = weight * (label - p)
    const determinant = a * c - b * b
    this.#offset += (pull * (c - b * score)) / determinant
    this.#slope = Math.max(this.#slope + (pull * (a * score - b)) / determinant, leastSlope)
    this.#information[0] = a
    this.#information[1] = b
    this.#information[2] = c
  }
}

/** A calibration may not turn a ranking round. */
const leastSlope = 0.05
