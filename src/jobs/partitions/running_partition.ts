import type { Logger } from 'pino'
import { deadLetterOf, deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing, Position, Writer } from '../../streams/port.ts'
import type { TopicIds } from '../../streams/topic_ids.ts'
import { type DeadTally, noteDead } from './dead_tally.ts'
import { type PartitionState, stateKey } from './partition_state.ts'
import type { PartitionWork } from './partition_work.ts'
import type { Poison } from './poison.ts'

/** Where the reading of one input stands in a partition. */
interface InputPlace {
  /** Next record that was not taken in. */
  next: number
  /** Next record to be read: less than `next` while records are taken in again. */
  read: number
  /** `next` as it is committed. */
  committed: number
}

/** What of a job its partitions need. */
export interface StatePlace {
  name: string
  group: string
  /** Topic of states. */
  state: { name: string }
  settings?: string
  /** Of its inputs and outputs. */
  topics: TopicIds
  status: { dead: DeadTally; poison: Poison }
  log?: Logger
}

/** One partition of a job in one life: its work, its writer, and where it stands. */
export class RunningPartition<Work extends PartitionWork> {
  readonly work: Work
  readonly partition: number
  /** By topic of input, in the order of `PartitionJob.reads`. */
  readonly inputs: ReadonlyMap<string, InputPlace>
  private readonly job: StatePlace
  private readonly writer: Writer
  private readonly ends: Map<string, number>
  private last: Incoming | null = null
  /** Its work may hold half a record: nothing more of this life is committed. */
  private failed = false

  /** @param ends of its partition of the topics that it may want to see again. */
  constructor(
    job: StatePlace,
    partition: number,
    work: Work,
    writer: Writer,
    inputs: Map<string, InputPlace>,
    ends: Map<string, number>,
  ) {
    this.job = job
    this.partition = partition
    this.work = work
    this.writer = writer
    this.inputs = inputs
    this.ends = ends
  }

  /** Where reading begins. */
  start(): Position[] {
    return this.begun().map(([topic, { read: offset }]) => ({ topic, partition: this.partition, offset }))
  }

  take(record: Incoming): void {
    const place = this.inputs.get(record.topic)!
    const again = record.offset < place.next
    this.last = record
    const detail = this.job.status.poison.reason(record)
    if (detail === null) this.blamingLast(() => this.work.take(record, again))
    else if (!again) this.work.due.push(deadLetterOf({ ...record, detail }, 'poison'))
    place.read = record.offset + 1
    if (place.read > place.next) place.next = place.read
  }

  get due(): readonly Outgoing[] {
    return this.work.due
  }

  anticipate(): boolean {
    return this.blamingLast(() => this.work.anticipate?.() ?? false)
  }

  /**
   * Whether records of an input are still being taken in again. A new record of another one may belong to one of these: were it
   * committed as taken, a next life would see both again and believe that they have met.
   */
  private get isReturning(): boolean {
    return [...this.inputs.values()].some(({ read, next }) => read < next)
  }

  /** Sends what is due by now ahead of the commit, which will add the state. */
  prepare(): void {
    if (this.failed || this.isReturning) return
    const also = [{ topic: this.job.state.name, key: this.stateKey }]
    this.writer.prepare({ records: this.work.due.slice(), also, group: this.job.group })
  }

  /**
   * Commits what is due, the state after it and the positions of the inputs, all or nothing; nothing at all before the inputs
   * stand where they stood, or once its work has failed.
   */
  async commit(): Promise<void> {
    if (this.failed || this.isReturning) return
    const records = this.work.due.splice(0)
    records.push({ topic: this.job.state.name, key: this.stateKey, value: JSON.stringify(this.stateNow()) })
    const positions = this.positions()
    for (const end of await this.writer.commit({ records, group: this.job.group, positions }))
      if (end.partition === this.partition && this.ends.has(end.topic)) this.ends.set(end.topic, end.offset)
    for (const { topic, offset } of positions) this.inputs.get(topic)!.committed = offset
    this.tellDead(records)
  }

  /** What a work cannot do with the last record that it took. @throws as `Poison.note`. */
  private blamingLast<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      this.failed = true
      throw this.last === null ? error : this.job.status.poison.note(this.last, error)
    }
  }

  private tellDead(records: Outgoing[]): void {
    for (const topic of [...this.inputs.keys()].map(deadLetterTopic)) {
      const letters = records.filter(record => record.topic === topic)
      for (const letter of letters) noteDead(this.job.status.dead, letter)
      if (letters.length > 0) this.job.log?.warn({ count: letters.length, topic }, 'dead letters')
    }
  }

  private get stateKey(): string {
    return stateKey(this.job.name, this.partition)
  }

  private stateNow(): PartitionState {
    const { memory = null, from = {}, recall = {} } = this.blamingLast(() => this.work.state?.(this.ends)) ?? {}
    const inputs = this.begun().map(([topic, { next, read }]) => [
      topic,
      { offset: next, from: Math.min(from[topic] ?? read, read) },
    ])
    return {
      format: 'spike60-job',
      version: 1,
      settings: this.job.settings ?? '',
      topics: this.job.topics,
      inputs: Object.fromEntries(inputs),
      recall,
      memory,
    }
  }

  private positions(): Position[] {
    return this.begun().map(([topic, { next: offset }]) => ({ topic, partition: this.partition, offset }))
  }

  /** The inputs of which anything was taken in: of the others nobody can say yet where they begin. */
  private begun(): [topic: string, place: InputPlace][] {
    return [...this.inputs].filter(([, { next }]) => next > 0)
  }
}
