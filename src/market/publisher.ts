import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepClaims } from '../streams/keep_claims.ts'
import type { Streams } from '../streams/port.ts'
import { type BronzeFiles, bytesBeyond, type PositionOf } from './bronze/sources.ts'
import type { OpenGap } from './decode/open_gaps.ts'
import { addPublished, emptyPublished, type Published } from './published_counts.ts'
import { PublisherSession } from './publisher_session.ts'

export interface PublisherOptions {
  streams: Streams
  config: Config
  bronze: BronzeFiles
  /** Tells publishers apart that share topics. */
  name?: string
  /** `follow` met an error that may pass; it tries again after the pause. Bronze keeps what is not published. */
  onRetry?: (error: SpikeError, pauseMs: number) => void
  /** All that bronze held is published: the gaps in it that are not filled in. */
  onOpenGaps?: (gaps: readonly OpenGap[]) => void
}

export interface Publisher {
  /**
   * Publishes all complete lines that bronze holds now. One call at a time; a second one waits for the first.
   * @returns what this call published.
   * @throws SpikeError of the engine; the next call begins again where the topics say that it stands.
   */
  publishAvailable(): Promise<Published>
  /** Publishes until the signal, then once more what is there; waits and tries again where a retry can help. */
  follow(signal: AbortSignal): Promise<void>
  close(): Promise<void>
  /** Bytes that bronze holds beyond what is published, unfinished lines included. */
  backlogBytes(): number
  /** What this publisher published since it was made. */
  readonly published: Published
}

const pollMs = 100
const retryMs = 1000

/**
 * Puts the events of bronze on `ticks.raw` and its dead letters on `ticks.raw.dlq`, each once: its position goes with
 * them. The topics need not be there before it publishes.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { config, bronze, name = 'bronze', onRetry, onOpenGaps } = options
  const streams = keepClaims(options.streams)
  const published = emptyPublished()
  const notes = new Set<string>()
  let session: PublisherSession | null = null
  let positionOf: PositionOf = () => undefined
  let queue: Promise<unknown> = Promise.resolve()

  async function publish(): Promise<Published> {
    const done = emptyPublished()
    session ??= await PublisherSession.open(streams, config, bronze, name, notes)
    const open = session
    try {
      await open.publish(batch => {
        positionOf = open.positionOf
        for (const total of [done, published]) addPublished(total, batch)
      })
      onOpenGaps?.(open.openGaps)
      return done
    } catch (error) {
      session = null
      await open.close().catch(() => {})
      throw error
    }
  }

  function publishAvailable(): Promise<Published> {
    const turn = queue.then(publish)
    queue = turn.catch(() => {})
    return turn
  }

  async function close(): Promise<void> {
    await queue
    await session?.close()
    session = null
  }

  return {
    publishAvailable,
    follow: signal => follow(publishAvailable, signal, onRetry),
    close,
    backlogBytes: () => bytesBeyond(bronze, positionOf),
    published,
  }
}

async function follow(
  publish: () => Promise<Published>,
  signal: AbortSignal,
  onRetry: PublisherOptions['onRetry'],
): Promise<void> {
  for (let last = false; !last; ) {
    last = signal.aborted
    try {
      const { records } = await publish()
      if (records === 0 && !last) await pause(pollMs, signal)
    } catch (error) {
      if (last || !(error instanceof SpikeError) || !error.retriable) throw error
      onRetry?.(error, retryMs)
      await pause(retryMs, signal)
    }
  }
}

/** Waits, or less when the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(error => {
    if (!signal.aborted) throw error
  })
}
