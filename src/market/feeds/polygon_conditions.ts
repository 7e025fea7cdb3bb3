import type { TradeFlag } from '../../core/events/event.ts'

/**
 * Conditions of a trade that keep it out of the last price, and of the volume, by the tape's consolidated update rules in the
 * vendor's list of conditions [documented]; one that is not listed here keeps nothing out. Several are joined by the strictest.
 */
const notLast = new Set([
  ...[2, 5, 7, 10, 12, 13, 15, 16, 20, 21, 22, 29, 32, 33, 37, 52, 53],
  // average price, bunched sold, cash, derivatively priced, extended hours (2), official close and open, next day, price
  // variation, prior reference price, seller, sold out of sequence (2), odd lot, contingent (2)
])
/** Official close and open, corrected consolidated close: the trades behind them are on the tape already. */
const notVolume = new Set([15, 16, 38])

/** What sets a trade apart; undefined where nothing does. @param correction of the trade: 0, or absent, is none. */
export function flagsOf(conditions: unknown, correction: unknown): TradeFlag[] | undefined {
  let [isLast, isVolume] = [true, true]
  if (Array.isArray(conditions))
    for (const condition of conditions) {
      if (notLast.has(condition)) isLast = false
      if (notVolume.has(condition)) isVolume = false
    }
  const isCorrection = correction !== undefined && correction !== null && correction !== 0
  if (isLast && isVolume && !isCorrection) return undefined
  const flags: TradeFlag[] = []
  if (isCorrection) flags.push('correction')
  if (!isLast) flags.push('not_last')
  if (!isVolume) flags.push('not_volume')
  return flags
}
