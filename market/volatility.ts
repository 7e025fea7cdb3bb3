import type { Random } from './random.ts'

/** A log-volatility that moves second by second; 0 is an ordinary market. */
export interface LatentVolatility {
  /** Goes on by one second and returns the log-volatility of that second. */
  step(second: number): number
}

const regimes = [
  { level: -0.45, mean_s: 600 },
  { level: 0, mean_s: 420 },
  { level: 0.7, mean_s: 170 },
]

/**
 * What all products share: a regime (calm, ordinary, stormy), a slow mean-reverting part and more movement just after
 * the 5-, 15- and 60-minute marks, of random strength.
 */
export function createMarketVolatility(random: Random): LatentVolatility {
  let regime = random.whole(regimes.length)
  let level = regimes[regime].level
  const slow = createReverting(random, 700, 0.3)
  let burst = 0
  return {
    step(second) {
      if (random.uniform() < 1 / regimes[regime].mean_s)
        regime = (regime + 1 + random.whole(regimes.length - 1)) % regimes.length
      level += (regimes[regime].level - level) * 0.08
      burst *= Math.exp(-1 / 35)
      const strength = markStrength(second)
      if (strength > 0 && random.uniform() < 0.6) burst += strength * (0.4 + random.exponential(0.6))
      return level + slow() + burst
    },
  }
}

/** What is a product's own: a faster mean-reverting part and bursts that nothing announces. */
export function createProductVolatility(random: Random): LatentVolatility {
  const quick = createReverting(random, 150, 0.25)
  let burst = 0
  let decay = 0
  return {
    step() {
      burst *= decay
      if (random.uniform() < 1 / 600) {
        burst += 0.6 + random.exponential(0.5)
        decay = Math.exp(-1 / (15 + random.exponential(30)))
      }
      return quick() + burst
    },
  }
}

function markStrength(second: number): number {
  if (second % 3600 === 0) return 1
  if (second % 900 === 0) return 0.7
  return second % 300 === 0 ? 0.35 : 0
}

/** Ornstein-Uhlenbeck, stationary from its first second. */
function createReverting(random: Random, halfLife_s: number, deviation: number): () => number {
  const keep = 2 ** (-1 / halfLife_s)
  const noise = deviation * Math.sqrt(1 - keep * keep)
  let value = deviation * random.normal()
  return () => {
    value = keep * value + noise * random.normal()
    return value
  }
}
