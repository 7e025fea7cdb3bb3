import { setTimeout as delay } from 'node:timers/promises'
import { SpikeError } from '../errors.ts'
import type { Incoming, Position, Streams, Transaction } from './port.ts'

/** One life of a job: where it goes on, and what it makes of what it reads. */
export interface Job {
  start: Position[]
  /** Null when there is nothing to write yet. */
  compute(batch: Incoming[]): Transaction | null
}

export interface FollowOptions {
  /** Opens the topics; called again after an error. */
  open(): Promise<Streams>
  /** Reads what the job committed before and builds it anew from that; called again after an error. */
  begin(streams: Streams): Promise<Job>
  topic: string
  /** Id of the transactional writer: a job that starts fences the one it replaces. */
  writer: string
  /** Ends the loop after the batch in hand. */
  stop: AbortSignal
  /** Once aborted: the loop ends when it has read what was on the topic then. */
  finish?: AbortSignal
}

const batchRecords = 5000
const pollMs = 200
const longestPauseMs = 5000

/**
 * Reads, computes and writes, exactly once by the log: `compute` puts its input positions into the transaction it returns.
 * An error that can be retried throws the job away, pauses (100 ms, doubling to 5 s) and begins anew from what was
 * committed; any other ends the loop.
 */
export async function follow(options: FollowOptions): Promise<void> {
  let pause = 100
  const progress = (): void => {
    pause = 100
  }
  while (!options.stop.aborted) {
    try {
      await live(options, progress)
      return
    } catch (error) {
      if (!(error instanceof SpikeError && error.retriable)) throw error
      console.error(`${options.writer}: ${error.message}; begins anew in ${pause} ms`)
      await delay(pause, undefined, { signal: options.stop }).catch(() => {})
      pause = Math.min(2 * pause, longestPauseMs)
    }
  }
}

async function live(
  { open, begin, topic, writer: id, stop, finish }: FollowOptions,
  progress: () => void,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const streams = await open()
  stack.defer(() => streams.close())
  const writer = await streams.writer(id)
  stack.defer(() => writer.close())
  const { start, compute } = await begin(streams)
  const reader = await streams.reader(topic, start)
  stack.defer(() => reader.close())
  let ends: Position[] | null = null
  while (!stop.aborted) {
    if (ends === null && finish?.aborted) ends = await streams.ends(topic)
    if (ends !== null && hasReached(reader.positions(), ends)) return
    const batch = await reader.poll(batchRecords, pollMs)
    const transaction = batch.length > 0 ? compute(batch) : null
    if (transaction === null) continue
    await writer.commit(transaction)
    progress()
  }
}

function hasReached(positions: Position[], ends: Position[]): boolean {
  return ends.every(end => positions.some(at => at.partition === end.partition && at.offset >= end.offset))
}
