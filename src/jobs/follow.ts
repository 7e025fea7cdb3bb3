import { setTimeout as delay, setImmediate as otherWork } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import { keepClaims } from '../streams/keep_claims.ts'
import type { Incoming, Position, Streams } from '../streams/port.ts'
import { hasReached } from '../streams/read_all.ts'
import { type InStep, openInStep } from './partitions/in_step.ts'

/** One life of a job: where it goes on, and what it makes of what it reads. */
export interface Life {
  start: Position[]
  /** Partitions to read; all when absent. */
  partitions?: number[]
  /** Computes and commits; the positions of what it took go into its transactions. `upTo` is where the reader is after the batch. */
  take(batch: Incoming[], upTo: Position[]): Promise<void>
  /** Commits what `take` put off: called when nothing more is there, and at the end, where it must. */
  rest?(upTo: Position[], isEnd: boolean): Promise<void>
}

export interface FollowOptions extends Omit<InStep, 'start' | 'partitions'> {
  /**
   * Opens the job's writers on the streams it is given, reads what was committed before and builds the job anew from that;
   * called again after an error, where its writers succeed their former selves: it can be fenced, but fences nobody.
   * What it opens it leaves to `life`, which closes it when the job ends or is thrown away.
   */
  begin(streams: Streams, life: AsyncDisposableStack): Promise<Life>
  /** Ends the loop after the batch in hand. */
  stop?: AbortSignal
  /** Once aborted: the loop ends when it has read what was on the topics then. */
  finish?: AbortSignal
  /** Called each turn of the loop, some five times a second in silent topics. */
  onTurn?(): void
  /** The job could be begun and reads. */
  onBegun?(): void
  /** The job was thrown away and is begun anew after the pause. */
  onRetry?(error: SpikeError, pauseMs: number): void
}

const batchRecords = 4000
const pollMs = 200
const firstPauseMs = 100
const longestPauseMs = 5000

/**
 * Reads, computes and writes, exactly once by the log. An error that can be retried throws the job away with its reader
 * and writers, pauses (100 ms, doubling to 5 s while it neither takes anything nor lasts for 5 s) and begins anew from what
 * was committed; any other ends the loop.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { stop, onTurn, onRetry } = options
  let pause = firstPauseMs
  const streams = keepClaims(options.streams)
  const progress = (): void => {
    pause = firstPauseMs
  }
  while (!stop?.aborted) {
    onTurn?.()
    const began = performance.now()
    try {
      await runLife({ ...options, streams }, progress)
      return
    } catch (thrown) {
      const error = thrown instanceof SuppressedError ? thrown.suppressed : thrown
      if (!(error instanceof SpikeError && error.retriable)) throw error
      if (error.code === 'RECORD_FAILED' || performance.now() - began > longestPauseMs) progress()
      onRetry?.(error, pause)
      await delay(pause, undefined, { signal: stop }).catch(() => {})
      pause = Math.min(2 * pause, longestPauseMs)
    }
  }
}

async function runLife(options: FollowOptions, progress: () => void): Promise<void> {
  const { streams, topics, begin, stop, finish, onTurn, onBegun } = options
  await using life = new AsyncDisposableStack()
  const own = await begin(streams, life)
  const reader = await openInStep({ ...options, ...own })
  life.defer(() => reader.close())
  onBegun?.()
  let ends: Position[] | null = null
  while (!stop?.aborted) {
    onTurn?.()
    if (ends === null && finish?.aborted) ends = (await Promise.all(topics.map(topic => streams.ends(topic)))).flat()
    if (ends !== null && hasReached(reader.positions(), ends)) break
    const batch = await reader.poll(batchRecords, pollMs)
    if (batch.length === 0) {
      await own.rest?.(reader.positions(), false)
      continue
    }
    await own.take(batch, reader.positions())
    progress()
    // The embedded log answers at once, and a loop that never waits leaves no turn to probes, signals and timers.
    await otherWork()
  }
  await own.rest?.(reader.positions(), true)
}
