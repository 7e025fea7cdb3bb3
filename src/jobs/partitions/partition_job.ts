import type { Logger } from 'pino'
import type { Incoming, Position, Streams, TopicSpec } from '../../streams/port.ts'
import type { JobStatus } from '../status.ts'
import type { InputKind } from './foreign_input.ts'
import type { PartitionWork } from './partition_work.ts'

/** What a job is: which topics it reads and writes, and what it makes of each partition. */
export interface PartitionJob<Work extends PartitionWork> {
  /** Names its states on the state topic and, with dashes for spaces, its writers: whoever runs under it goes on from there. */
  name: string
  /** Consumer group under which its positions are committed too, for tools that show a lag; the job never reads them. */
  group: string
  /** Topics of input; a key stands in the same partition of each. */
  reads: string[]
  /** What its first input holds; anything when absent. */
  input?: InputKind
  /** Topics of output, in the same partitions as the input; those of dead letters are known by themselves. */
  writes: string[]
  /** Topics among `writes` whose records a work may want to see again. */
  recalls?: string[]
  /** How many partitions each of these topics has. */
  partitions: number
  /** Topic of states, which is compacted. */
  state: TopicSpec
  /** What its memory depends on, in words for people: a state that was made with other settings is refused. */
  settings?: string
  /** The work of a partition, as it is before its first record. */
  open(partition: number): Work
  /** Whether a record of the output is of this job; all are when absent. */
  isOwn?(record: Incoming): boolean
  /** Where a former version of the job, which kept no states, stood in these partitions. Asked once that one is fenced. */
  former?(streams: Streams, partitions: number[]): Promise<Position[]>
}

/** A job and how it is run. */
export interface PartitionRun<Work extends PartitionWork> extends PartitionJob<Work> {
  streams: Streams
  /** The partitions that are worked on; all when absent. Another one of the job may have the others. */
  own?: number[]
  /** Ends the job after the transaction that is under way. */
  stop?: AbortSignal
  /** Once aborted: the job goes on to the ends that its inputs have then, and ends. */
  finish?: AbortSignal
  /** Called after each batch. */
  onTaken?(): void
  log?: Logger
  /** Kept up to date while it runs. */
  status: JobStatus<Work>
}

/** What a caller of a job may say about its run. */
export type RunOptions<Work extends PartitionWork> = Pick<
  PartitionRun<Work>,
  'streams' | 'own' | 'stop' | 'finish' | 'log'
> & { status?: JobStatus<Work> }
