import type { Micros } from '../events/event.ts'
import type { Indicator, Json } from './indicator.ts'
import { scoreAgainst } from './moments.ts'
import { RecentValues } from './recent_values.ts'
import type { TradeValues } from './trade_values.ts'
import { zscorePeriods } from './volume_zscore.ts'

const minute: Micros = 60_000_000

/** A minute that is over. */
export interface MinuteVolume {
  start: Micros
  volume: number
  /** Against the 20 minutes before it; null until these are there, and where they do not differ. */
  zscore: number | null
}

interface MinuteState {
  /** Number of the minute that is open. */
  open: number | null
  volume: number
  latest: MinuteVolume | null
  before: number[]
}

/**
 * `minute20`: unusual volume of a minute against the 20 before it, by their sample deviation; a minute in which nothing was traded
 * counts 0. A trade, or any later time with size 0 (a clock), ends the minutes before it.
 * @returns with each input the latest minute that is over; null while there is none.
 */
export const minuteVolume: Indicator<Pick<TradeValues, 'time' | 'size'>, MinuteVolume> = {
  name: 'volume_zscore_minute20',
  reads: ['trade', 'clock'],
  needs: 2,
  make() {
    const before = new RecentValues(zscorePeriods)
    let [open, volume, latest]: [number | null, number, MinuteVolume | null] = [null, 0, null]
    const restore = (state: MinuteState): void => {
      ;({ open, volume, latest } = state)
      before.restore(state.before)
    }
    return {
      push({ time, size }) {
        const now = Math.floor(time / minute)
        open ??= now
        // After a longer silence than the window all that is left are minutes without volume.
        if (now - open > zscorePeriods + 1) {
          close(open, volume)
          before.restore(Array<number>(zscorePeriods).fill(0))
          open = now - 1
          volume = 0
        }
        for (; open < now; open++) {
          close(open, volume)
          volume = 0
        }
        volume += size
        return latest
      },
      reset: () => restore({ open: null, volume: 0, latest: null, before: [] }),
      state: (): Json => ({ open, volume, latest: latest && { ...latest }, before: before.toArray() }),
      restore: state => restore(state as unknown as MinuteState),
    }

    function close(number: number, traded: number): void {
      const zscore = before.isFull ? scoreAgainst(before.toArray(), traded) : null
      latest = { start: number * minute, volume: traded, zscore }
      before.push(traded)
    }
  },
}
