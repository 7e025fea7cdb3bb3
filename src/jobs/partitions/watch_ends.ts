import type { Position, Streams } from '../../streams/port.ts'

/** Ends of topics as they were when the engine last answered. */
export interface WatchedEnds {
  /** Those of a topic are absent when the engine did not answer last time, or not yet. */
  latest(): Position[]
  stop(): void
}

/** Asked for at most so often; an engine that does not answer is not waited for. */
const askMs = 1000

/** Keeps asking where topics end, for a job to show its lag. */
export function watchEnds(streams: Streams, topics: string[]): WatchedEnds {
  let ends: Position[] = []
  let asking = false
  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    ends = (await Promise.all(topics.map(topic => streams.ends(topic).catch(() => [])))).flat()
    asking = false
  }
  const timer = setInterval(ask, askMs)
  timer.unref()
  return { latest: () => ends, stop: () => clearInterval(timer) }
}
