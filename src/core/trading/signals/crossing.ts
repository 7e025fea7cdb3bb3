import type { RuleInput } from './rule.ts'

/** On which side of MA50 MA20 lies: 1 above, -1 below, 0 equal; null where either is null. */
export type Side = 1 | -1 | 0 | null

export function sideOf({ ma20, ma50 }: RuleInput): Side {
  if (ma20 === null || ma50 === null) return null
  return ma20 > ma50 ? 1 : ma20 < ma50 ? -1 : 0
}

export type Crossing = 'up' | 'down' | null

/** MA20 went from one side of MA50 to the other. */
export function crossingOf(before: Side, now: Side): Crossing {
  if (before === -1 && now === 1) return 'up'
  return before === 1 && now === -1 ? 'down' : null
}
