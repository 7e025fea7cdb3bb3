import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { deadLetterTopic } from '../streams/dead_letter.ts'
import { keepClaims } from '../streams/keep_claims.ts'
import type { Outgoing, Streams, Writer } from '../streams/port.ts'
import { mergeBronze } from './bronze/merge.ts'
import { type BronzeFiles, bytesBeyond, nameOf, sourcesBeyond } from './bronze/sources.ts'
import { createDecoder, type Decoder } from './decode/decoder.ts'
import { decoderOptions } from './decode/decoder_options.ts'
import type { OpenGap } from './decode/open_gaps.ts'
import { outgoingOf } from './event_records.ts'
import { addPublished, countDecoded, emptyPublished, type Published } from './published_counts.ts'
import { type PublisherState, publisherKey, readState } from './publisher_state.ts'

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

/** Where a publisher stands, and what it needs to go on. */
interface Session {
  writer: Writer
  state: PublisherState
  decoder: Decoder
}

const outgoingLimit = 4000
const pollMs = 100
const retryMs = 1000

/**
 * Puts the events of bronze on `ticks.raw` and its dead letters on `ticks.raw.dlq`, each once: its position goes with
 * them. The topics need not be there before it publishes.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { config, bronze, name = 'bronze', onRetry, onOpenGaps } = options
  const streams = keepClaims(options.streams)
  const { raw, state: stateTopic } = config.topics
  const deadTopic = deadLetterTopic(raw.name)
  const published = emptyPublished()
  let session: Session | null = null
  let positions: PublisherState['files'] = {}
  let queue: Promise<unknown> = Promise.resolve()

  /** Fences an earlier publisher of this name, a newer one never, and takes over where it stood. */
  async function restore(): Promise<Session> {
    await streams.createTopics([raw, { name: deadTopic, partitions: raw.partitions }, stateTopic])
    const writer = await streams.writer(`publisher-${name}`)
    const state = await readState(streams, stateTopic.name, name)
    const decoder = createDecoder({ ...decoderOptions(config), snapshot: state.decoder })
    return { writer, state, decoder }
  }

  async function publish(): Promise<Published> {
    const done = emptyPublished()
    const open = session ?? (await restore())
    session = open
    try {
      const files = { ...open.state.files }
      let batch = emptyPublished()
      let outgoing: Outgoing[] = []
      const commit = async (): Promise<void> => {
        open.state = { ...open.state, files: { ...files }, decoder: open.decoder.snapshot() }
        outgoing.push({ topic: stateTopic.name, key: publisherKey(name), value: JSON.stringify(open.state) })
        await open.writer.commit({ records: outgoing })
        positions = open.state.files
        for (const total of [done, published]) addPublished(total, batch)
        batch = emptyPublished()
        outgoing = []
      }
      for await (const records of mergeBronze(await sourcesBeyond(bronze, files))) {
        for (const record of records) {
          const decoded = open.decoder.decode(record)
          outgoing.push(...outgoingOf(decoded, raw.name))
          countDecoded(batch, record, decoded)
          files[nameOf(bronze, record.file)] = record.end
          if (outgoing.length >= outgoingLimit) await commit()
        }
      }
      if (batch.records > 0) await commit()
      onOpenGaps?.(open.decoder.openGaps())
      return done
    } catch (error) {
      session = null
      await open.writer.close().catch(() => {})
      throw error
    }
  }

  function publishAvailable(): Promise<Published> {
    const turn = queue.then(publish)
    queue = turn.catch(() => {})
    return turn
  }

  async function follow(signal: AbortSignal): Promise<void> {
    for (let last = false; !last; ) {
      last = signal.aborted
      try {
        const { records } = await publishAvailable()
        if (records === 0 && !last) await pause(pollMs, signal)
      } catch (error) {
        if (last || !(error instanceof SpikeError) || !error.retriable) throw error
        onRetry?.(error, retryMs)
        await pause(retryMs, signal)
      }
    }
  }

  async function close(): Promise<void> {
    await queue
    await session?.writer.close()
    session = null
  }

  return { publishAvailable, follow, close, backlogBytes: () => bytesBeyond(bronze, positions), published }
}

/** Waits, or less when the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(error => {
    if (!signal.aborted) throw error
  })
}
