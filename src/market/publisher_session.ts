import { basename } from 'node:path'
import type { Config } from '../config.ts'
import { createTopics } from '../streams/create_topics.ts'
import type { Outgoing, Streams, Writer } from '../streams/port.ts'
import { refuseOtherTopics, topicIds } from '../streams/topic_ids.ts'
import type { TailPosition } from './bronze/follow_file.ts'
import { mergeBronze } from './bronze/merge.ts'
import { readSettled, removeFormer, removeInVain, type Settled, writeSettled } from './bronze/settled_files.ts'
import { type BronzeFiles, type PositionOf, sourcesBeyond } from './bronze/sources.ts'
import { createDecoder, type Decoder } from './decode/decoder.ts'
import { decoderOptions } from './decode/decoder_options.ts'
import { addOutgoing, writtenTopics } from './event_records.ts'
import { countDecoded, emptyPublished, type Published } from './published_counts.ts'
import { inFolder } from './publisher_folder.ts'
import { type PublisherState, publisherKey, readState } from './publisher_state.ts'
import { refuseRepublishing } from './refuse_republishing.ts'

const outgoingLimit = 4000
/** The state names no more files than these; then those that grew longest ago settle, half of them at once. */
const filesLimit = 16
/** Files that have settled, and which topics these are, are looked at so often: nobody touches them, but somebody may. */
const lookMs = 10_000
const emptyState: PublisherState = { format: 'spike60-publisher', version: 3, files: {} }

/** One claim of a publisher's id: what it writes with, where it stands, and what it needs to go on. */
export class PublisherSession {
  private readonly streams: Streams
  private readonly config: Config
  private readonly name: string
  private readonly writer: Writer
  private readonly decoder: Decoder
  private readonly bronze: BronzeFiles
  private state: PublisherState
  private settled: Settled
  private readonly notes: Set<string>
  private lookedAt = Number.NEGATIVE_INFINITY

  private constructor(
    streams: Streams,
    config: Config,
    name: string,
    writer: Writer,
    bronze: BronzeFiles,
    state: PublisherState,
    notes: Set<string>,
  ) {
    this.streams = streams
    this.config = config
    this.name = name
    this.writer = writer
    this.bronze = bronze
    this.state = state
    this.notes = notes
    this.settled = state.settled === undefined ? {} : readSettled(bronze.directory, state.settled)
    this.decoder = createDecoder({ ...decoderOptions(config), snapshot: state.decoder })
  }

  /**
   * Fences an earlier publisher of this name, a newer one never, and takes over where it stood.
   * @param notes of files that settled, whose transactions may have failed: the next session gets the same set.
   * @throws SpikeError STATE_LOST when the raw topic holds what it published of this bronze and no state of it is left, or only
   * a part; TOPIC_MISMATCH when that topic is not the one that it published to.
   */
  static async open(
    streams: Streams,
    config: Config,
    bronze: BronzeFiles,
    name: string,
    notes: Set<string>,
  ): Promise<PublisherSession> {
    const { raw, state } = config.topics
    await createTopics(streams, [...writtenTopics(config), state])
    await using opening = new AsyncDisposableStack()
    const writer = await streams.writer(`publisher-${name}`)
    opening.defer(() => writer.close())
    const found = await readState(streams, state.name, name)
    const topics = await topicIds(streams, [raw.name])
    refuseOtherTopics(publisherKey(name), found?.topics, topics)
    const here = inFolder(found ?? emptyState, bronze.directory)
    const begun: PublisherState = { ...here, topics }
    const session = new PublisherSession(streams, config, name, writer, bronze, begun, notes)
    if (here !== found) {
      const what = found === null ? publisherKey(name) : `${publisherKey(name)}, files of ${bronze.directory}`
      await refuseRepublishing(streams, bronze, session.positionOf, { name: what, state: state.name, raw: raw.name })
    }
    removeInVain(bronze.directory, notes, begun.settled)
    if (begun.settled !== undefined) removeFormer(bronze.directory, begun.settled)
    opening.move()
    return session
  }

  /**
   * Publishes all complete lines that bronze holds now.
   * @param onCommit what one transaction has put on the topics.
   * @throws SpikeError TOPIC_MISMATCH, LOG_CORRUPT when the topics were made anew or taken away meanwhile.
   */
  async publish(onCommit: (batch: Published) => void): Promise<void> {
    const files = new Map(Object.entries(this.state.files))
    let batch = emptyPublished()
    let outgoing: Outgoing[] = []
    const commit = async (): Promise<void> => {
      await this.commit(outgoing, files)
      onCommit(batch)
      batch = emptyPublished()
      outgoing = []
    }
    for await (const records of mergeBronze(await this.sources())) {
      for (const record of records) {
        const decoded = this.decoder.decode(record)
        addOutgoing(outgoing, decoded, this.config.topics)
        countDecoded(batch, record, decoded)
        const file = basename(record.file)
        files.delete(file)
        files.set(file, record.end)
        if (outgoing.length >= outgoingLimit) await commit()
      }
    }
    if (batch.records > 0) await commit()
  }

  /** Those that hold what is not published. */
  private async sources(): ReturnType<typeof sourcesBeyond> {
    const { settled, state, config } = this
    const looks = performance.now() - this.lookedAt >= lookMs
    if (looks) {
      this.lookedAt = performance.now()
      refuseOtherTopics(publisherKey(this.name), state.topics, await topicIds(this.streams, [config.topics.raw.name]))
    }
    return sourcesBeyond(this.bronze, this.positionOf, name => !looks && name in settled && !(name in state.files))
  }

  /** @param files in the order in which they grew; those that settle are taken out. */
  private async commit(outgoing: Outgoing[], files: Map<string, TailPosition>): Promise<void> {
    const { directory } = this.bronze
    const settles = [...files].slice(0, files.size > filesLimit ? -filesLimit / 2 : 0)
    for (const [file] of settles) files.delete(file)
    const settled = settles.length > 0 ? { ...this.settled, ...Object.fromEntries(settles) } : this.settled
    const state: PublisherState = { ...this.state, files: Object.fromEntries(files), decoder: this.decoder.snapshot() }
    if (settles.length > 0) {
      state.settled = await writeSettled(directory, settled, this.state.settled)
      this.notes.add(state.settled)
    }
    const record = { topic: this.config.topics.state.name, key: publisherKey(this.name), value: JSON.stringify(state) }
    await this.writer.commit({ records: [...outgoing, record] })
    this.state = state
    this.settled = settled
    if (settles.length === 0) return
    this.notes.clear()
    removeFormer(directory, state.settled!)
  }

  /** How far a file is published. */
  readonly positionOf: PositionOf = name => this.state.files[name] ?? this.settled[name]

  get openGaps(): ReturnType<Decoder['openGaps']> {
    return this.decoder.openGaps()
  }

  close(): Promise<void> {
    return this.writer.close()
  }
}
