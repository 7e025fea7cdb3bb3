import { exp } from '../core/math/numeric.ts'
import type { Random } from './random.ts'

/** A log-volatility that moves second by second; 0 is an ordinary market. */
export interface LatentVolatility {
  /** Goes on by one second and returns the log-volatility of that second. */
  step(second: number): number
}

/** Log-volatility of calm, ordinary and nervous times, and how long they last on average. */
const regimes = [
  { level: -0.25, mean_s: 260 },
  { level: 0, mean_s: 240 },
  { level: 0.45, mean_s: 150 },
]

/**
 * What all products share: a regime, a slow mean-reverting part, and more movement just after the 5-, 15- and 60-minute
 * marks, of random strength.
 */
export function createMarketVolatility(random: Random): LatentVolatility {
  let regime = random.whole(regimes.length)
  let level = regimes[regime].level
  const slow = createReverting(random, 300, 0.15)
  const burst = createBurst(45)
  return {
    step(second) {
      if (random.uniform() < 1 / regimes[regime].mean_s)
        regime = (regime + 1 + random.whole(regimes.length - 1)) % regimes.length
      level += (regimes[regime].level - level) * 0.05
      const strength = markStrength(second)
      const added = strength > 0 && random.uniform() < 0.6 ? strength * (0.4 + random.exponential(0.6)) : 0
      return level + slow() + burst(added)
    },
  }
}

/**
 * What is a product's own: a quicker mean-reverting part, and bursts that come unannounced, though more often in some
 * stretches than in others.
 */
export function createProductVolatility(random: Random): LatentVolatility {
  const quick = createReverting(random, 90, 0.2)
  const nervous = createReverting(random, 240, 0.9)
  const burst = createBurst(28)
  return {
    step() {
      const chance = exp(0.9 * nervous() - 0.4) / 180
      return quick() + burst(random.uniform() < chance ? 0.5 + random.exponential(0.5) : 0)
    },
  }
}

function markStrength(second: number): number {
  if (second % 3600 === 0) return 1
  if (second % 900 === 0) return 0.8
  return second % 300 === 0 ? 0.5 : 0
}

/** Ornstein-Uhlenbeck, stationary from its first second. */
function createReverting(random: Random, halfLife_s: number, deviation: number): () => number {
  const keep = exp(-Math.LN2 / halfLife_s)
  const noise = deviation * Math.sqrt(1 - keep * keep)
  let value = deviation * random.normal()
  return () => {
    value = keep * value + noise * random.normal()
    return value
  }
}

/** Takes what is added in this second, fades with the given time constant, and never grows beyond a factor e^2. */
function createBurst(fading_s: number): (added: number) => number {
  const keep = exp(-1 / fading_s)
  let value = 0
  return added => {
    value = Math.min(2, value * keep + added)
    return value
  }
}
