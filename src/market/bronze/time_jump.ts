import type { Micros } from '../../core/events/event.ts'
import type { RawRecord } from './record.ts'

const hour = 3_600_000_000
/** So many records without a time may wait behind a held one. */
const waitingLimit = 10_000

export interface JumpFilter {
  /** @returns the records that are settled now, in their order. */
  push(record: RawRecord, time: Micros | null): RawRecord[]
  /** @returns what still waited. */
  end(): RawRecord[]
}

/**
 * Guards a file that does not say when its frames were received: a frame more than an hour ahead of all before it, or the
 * first one, waits for the next timed frame, which confirms it unless it lies more than an hour back; else it is marked
 * `rejected`.
 */
export function createJumpFilter(): JumpFilter {
  let high: Micros | null = null
  let held: { record: RawRecord; time: Micros } | null = null
  let behind: RawRecord[] = []

  function settle(accepted: boolean): RawRecord[] {
    if (held === null) return []
    if (accepted) high = Math.max(high ?? held.time, held.time)
    else held.record.rejected = 'time_jump'
    const settled = [held.record, ...behind]
    held = null
    behind = []
    return settled
  }

  return {
    push(record, time) {
      if (time === null) {
        if (held === null) return [record]
        behind.push(record)
        return behind.length > waitingLimit ? settle(false) : []
      }
      const settled = held ? settle(time >= held.time - hour) : []
      if (high === null || time > high + hour) held = { record, time }
      else {
        high = Math.max(high, time)
        settled.push(record)
      }
      return settled
    },
    // A file of one timed frame has nothing that speaks against it.
    end: () => settle(high === null),
  }
}
