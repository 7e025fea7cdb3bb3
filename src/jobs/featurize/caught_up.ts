import type { Streams } from '../../streams/port.ts'
import { watchEnds } from '../partitions/watch_ends.ts'
import type { JobStatus } from '../status.ts'

const lookMs = 1000

/**
 * Calls `say` once, when the job has read all that its input topic held a second ago.
 * @returns what ends the watch.
 */
export function onceCaughtUp(streams: Streams, topic: string, status: JobStatus, say: () => void): () => void {
  const ends = watchEnds(streams, [topic])
  const hasReached = (): boolean => {
    const known = ends.latest()
    if (!status.ready || known.length === 0) return false
    return [...status.partitions.values()].every(({ partition, inputs }) => {
      const end = known.find(one => one.partition === partition)
      return end !== undefined && (inputs.get(topic)?.next ?? 0) >= end.offset
    })
  }
  const timer = setInterval(() => {
    if (!hasReached()) return
    stop()
    say()
  }, lookMs)
  timer.unref()
  const stop = (): void => {
    clearInterval(timer)
    ends.stop()
  }
  return stop
}
