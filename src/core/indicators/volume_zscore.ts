import type { Indicator, Json } from './indicator.ts'
import { momentsOf, scoreAgainst } from './moments.ts'
import { RecentValues } from './recent_values.ts'
import type { TradeValues } from './trade_values.ts'

export const zscorePeriods = 20

/**
 * Unusual size of a trade. `trade20`: against the last 20 trades, this one among them, by their population deviation, 0 where there is
 * none, as the original; it cannot exceed 4.36. `trade20_before`: against the 20 trades before it, null until they are there.
 */
export function tradeZscore(kind: 'trade20' | 'trade20_before'): Indicator<TradeValues, number> {
  return {
    name: `volume_zscore_${kind}`,
    reads: ['trade'],
    needs: kind === 'trade20' ? 1 : zscorePeriods + 1,
    make() {
      const sizes = new RecentValues(zscorePeriods)
      return {
        push({ size }) {
          const before = sizes.isFull && kind === 'trade20_before' ? scoreAgainst(sizes.toArray(), size) : null
          sizes.push(size)
          return kind === 'trade20' ? scoreWithin(sizes.toArray(), size) : before
        },
        reset: () => sizes.clear(),
        state: (): Json => sizes.toArray(),
        restore: state => sizes.restore(state as number[]),
      }
    },
  }
}

function scoreWithin(values: number[], value: number): number {
  const { mean, squares } = momentsOf(values)
  const deviation = Math.sqrt(squares / values.length)
  return deviation > 0 ? (value - mean) / deviation : 0
}
