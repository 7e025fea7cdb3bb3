import { setTimeout as sleep } from 'node:timers/promises'
import type { Micros } from '../core/events/event.ts'

/**
 * Waits until market time is due; not at all without a speed.
 * @param speed market seconds a second, counted from the first call on.
 */
export function createSpeedLimit(speed: number | undefined): (time: Micros) => Promise<void> | void {
  if (speed === undefined) return () => {}
  let anchor: { time: Micros; at: number } | null = null
  return async time => {
    anchor ??= { time, at: performance.now() }
    const ahead = (time - anchor.time) / 1000 / speed - (performance.now() - anchor.at)
    if (ahead > 5) await sleep(ahead)
  }
}
