import type { Reading, Term } from './input_terms.ts'

/** Share of tau that is added before a logarithm, so that a still minute is low but not infinitely so. */
export const logShare = 0.05

const volatility = (name: string): Reading => ({ name, log: true, times: 1, per_tau: true, add: logShare })
const count = (name: string, times: number): Reading => ({ name, log: true, times, per_tau: false, add: 1 })
const plain = (name: string): Reading => ({ name, log: false, times: 1, per_tau: false, add: 0 })

/** Counts of a minute are multiplied by 5, to be compared with those of five minutes. */
export const volatilityReadings: Reading[] = [
  volatility('volatility_60s'),
  volatility('volatility_300s'),
  volatility('volatility_900s'),
  volatility('mean_abs_return_300s'),
  volatility('parkinson_300s'),
  volatility('volatility_of_volatility_300s'),
  count('ticks_60s', 5),
  count('ticks_300s', 1),
  count('mid_changes_60s', 5),
  count('mid_changes_300s', 1),
  plain('mark_5m_ahead'),
  plain('mark_15m_ahead'),
]

const at = (name: string): number => volatilityReadings.findIndex(reading => reading.name === name)
const alone = (name: string, term: string, monotone: 0 | 1 = 0): Term => ({
  name: term,
  of: at(name),
  less: null,
  monotone,
})
const ratio = (above: string, below: string): Term => ({
  name: `ln ${above} / ${below}`,
  of: at(above),
  less: at(below),
  monotone: 0,
})

/**
 * What the volatility models read; the same for every run and fold. It was settled after other sets of terms (levels, counts as
 * they are, counts relative to the product) had been seen on the captures at hand, so figures on those flatter it.
 * One level, relative to tau, and ratios of the row's own windows: no term
 * knows the price, the product or how loud the day is, so a model of one day can be read on another. The level is the shortest
 * window: it is known 30 s after a reset, while a ratio to a window not yet full is null and takes the usual ratio.
 */
export const volatilityTerms: Term[] = [
  alone('volatility_60s', 'ln volatility_60s / tau', 1),
  ratio('volatility_60s', 'volatility_300s'),
  ratio('volatility_300s', 'volatility_900s'),
  ratio('mean_abs_return_300s', 'volatility_300s'),
  ratio('parkinson_300s', 'volatility_300s'),
  ratio('volatility_of_volatility_300s', 'volatility_300s'),
  ratio('ticks_60s', 'ticks_300s'),
  ratio('mid_changes_60s', 'mid_changes_300s'),
  ratio('mid_changes_300s', 'ticks_300s'),
  alone('mark_5m_ahead', 'mark_5m_ahead'),
  alone('mark_15m_ahead', 'mark_15m_ahead'),
]

/** Corsi (2009): volatility of one, five and fifteen minutes and nothing else. */
export const harTerms: Term[] = volatilityTerms.slice(0, 3)
