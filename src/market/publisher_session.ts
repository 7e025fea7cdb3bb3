import type { Config } from '../config.ts'
import { decodeEvent } from '../core/events/event_json.ts'
import { deadLetterTopic } from '../streams/dead_letter.ts'
import { refuseLostState } from '../streams/lost_state.ts'
import type { Incoming, Outgoing, Streams, Writer } from '../streams/port.ts'
import { mergeBronze } from './bronze/merge.ts'
import { type BronzeFiles, nameOf, sourcesBeyond } from './bronze/sources.ts'
import { createDecoder, type Decoder } from './decode/decoder.ts'
import { decoderOptions } from './decode/decoder_options.ts'
import { outgoingOf } from './event_records.ts'
import { countDecoded, emptyPublished, type Published } from './published_counts.ts'
import { type PublisherState, publisherKey, readState } from './publisher_state.ts'

const outgoingLimit = 4000

/** One claim of a publisher's id: what it writes with, where it stands, and what it needs to go on. */
export class PublisherSession {
  private readonly config: Config
  private readonly name: string
  private readonly writer: Writer
  private readonly decoder: Decoder
  private state: PublisherState

  private constructor(config: Config, name: string, writer: Writer, state: PublisherState) {
    this.config = config
    this.name = name
    this.writer = writer
    this.state = state
    this.decoder = createDecoder({ ...decoderOptions(config), snapshot: state.decoder })
  }

  /**
   * Fences an earlier publisher of this name, a newer one never, and takes over where it stood.
   * @throws SpikeError STATE_LOST when the raw topic holds what it published of this bronze and no state of it is left.
   */
  static async open(streams: Streams, config: Config, bronze: BronzeFiles, name: string): Promise<PublisherSession> {
    const { raw, state } = config.topics
    await streams.createTopics([raw, { name: deadLetterTopic(raw.name), partitions: raw.partitions }, state])
    await using opening = new AsyncDisposableStack()
    const writer = await streams.writer(`publisher-${name}`)
    opening.defer(() => writer.close())
    const found = await readState(streams, state.name, name)
    if (found === null) {
      const connections = await connectionsOf(bronze)
      const isOwn = ({ value }: Incoming): boolean => connections.has(connectionOf(value.toString()))
      const writes = connections.size > 0 ? [raw.name] : []
      await refuseLostState(streams, { name: publisherKey(name), state: state.name, writes, isOwn })
    }
    const begun = found ?? { format: 'spike60-publisher', version: 2, files: {} }
    const session = new PublisherSession(config, name, writer, begun)
    opening.move()
    return session
  }

  /** Publishes all complete lines that bronze holds now. @param onCommit what one transaction has put on the topics. */
  async publish(bronze: BronzeFiles, onCommit: (batch: Published) => void): Promise<void> {
    const files = { ...this.state.files }
    let batch = emptyPublished()
    let outgoing: Outgoing[] = []
    const commit = async (): Promise<void> => {
      await this.commit(outgoing, { ...files })
      onCommit(batch)
      batch = emptyPublished()
      outgoing = []
    }
    for await (const records of mergeBronze(await sourcesBeyond(bronze, files))) {
      for (const record of records) {
        const decoded = this.decoder.decode(record)
        outgoing.push(...outgoingOf(decoded, this.config.topics.raw.name))
        countDecoded(batch, record, decoded)
        files[nameOf(bronze, record.file)] = record.end
        if (outgoing.length >= outgoingLimit) await commit()
      }
    }
    if (batch.records > 0) await commit()
  }

  private async commit(outgoing: Outgoing[], files: PublisherState['files']): Promise<void> {
    const state = { ...this.state, files, decoder: this.decoder.snapshot() }
    const record = { topic: this.config.topics.state.name, key: publisherKey(this.name), value: JSON.stringify(state) }
    await this.writer.commit({ records: [...outgoing, record] })
    this.state = state
  }

  /** How far the files are published. */
  get positions(): PublisherState['files'] {
    return this.state.files
  }

  get openGaps(): ReturnType<Decoder['openGaps']> {
    return this.decoder.openGaps()
  }

  close(): Promise<void> {
    return this.writer.close()
  }
}

/** The connections with which the files of bronze begin: events of them on the raw topic were published from this bronze. */
async function connectionsOf(bronze: BronzeFiles): Promise<Set<string | null>> {
  const connections = new Set<string | null>()
  for (const { open } of await sourcesBeyond(bronze, {}))
    for await (const records of open()) {
      for (const { connection } of records) connections.add(connection)
      break
    }
  return connections
}

function connectionOf(text: string): string | null {
  const event = decodeEvent(text)
  return typeof event === 'string' ? null : event.connection
}
