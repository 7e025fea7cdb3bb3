import { hold, type Rule } from './rule.ts'

/** The highest tenth of what the model has said so far, as tau is the 90th percentile of volatility; not fitted to any result. */
export const likelySpike = 0.9

/** The topic beside a trader's own on which the one that stands aside writes. */
export const asideTopic = (topic: string): string => `${topic}.aside`

/** The same rule, but nothing is bought while a volatility spike is likely in the next 60 seconds. What is held is sold as ever. */
export function standingAside(rule: Rule): Rule {
  return {
    name: `${rule.name} standing aside`,
    make() {
      const running = rule.make()
      return {
        ...running,
        decide(input) {
          const decision = running.decide(input)
          const isLikely = Number(input.spike) >= likelySpike
          return decision.signal === 'BUY' && isLikely
            ? { ...hold, reason: 'a spike is likely: no purchase' }
            : decision
        },
      }
    },
  }
}
