import type { Position, Streams } from '../streams/port.ts'

/** Ends of a topic as they were when the engine last answered. */
export interface WatchedEnds {
  /** Null when the engine did not answer last time, or not yet. */
  latest(): Position[] | null
  stop(): void
}

/** Asked for at most so often; an engine that does not answer is not waited for. */
const askMs = 1000

/** Keeps asking where a topic ends, for a job to show its lag. */
export function watchEnds(streams: Streams, topic: string): WatchedEnds {
  let ends: Position[] | null = null
  let asking = false
  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    ends = await streams.ends(topic).catch(() => null)
    asking = false
  }
  const timer = setInterval(ask, askMs)
  timer.unref()
  return { latest: () => ends, stop: () => clearInterval(timer) }
}
