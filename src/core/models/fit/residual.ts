import { exp, log, square } from '../../math/numeric.ts'
import { leastTau } from './input_terms.ts'
import { logShare } from './volatility_terms.ts'

/** Slope of the logistic curve that lies nearest to the normal distribution's (Camilli 1994): it differs by less than .01. */
const likeNormal = 1.702

/** What the models predict: ln(sigma_future/tau + .05). */
export function targetOf(sigma: number, tau: number): number {
  return log(sigma / Math.max(tau, leastTau) + logShare)
}

/** sigma for a predicted target, at least 0. */
export function sigmaOf(target: number, tau: number): number {
  return Math.max(exp(target) - logShare, 0) * tau
}

/** The target of sigma_future = tau: at or above it the label is 1. */
export const spikeTarget = log(1 + logShare)

/** From a predicted mean to P(sigma_future >= tau) = 1/(1 + e^-(slope*(mean - spikeTarget) + offset)). */
export interface Link {
  slope: number
  offset: number
}

/**
 * The link of a regression whose errors spread by the root mean square of `residuals` about its mean, near to normal.
 * @param residuals target less prediction on rows that may be fitted on.
 */
export function residualLink(residuals: ArrayLike<number>): Link {
  let squares = 0
  for (let i = 0; i < residuals.length; i++) squares += square(residuals[i])
  return { slope: likeNormal / Math.max(Math.sqrt(squares / residuals.length), 1e-6), offset: 0 }
}

export function spikeProbability(mean: number, { slope, offset }: Link): number {
  return 1 / (1 + exp(-(slope * (mean - spikeTarget) + offset)))
}
