import type { Logger } from 'pino'
import type { Incoming, Position, Streams, TopicSpec } from '../streams/port.ts'
import type { PartitionWork } from './partition_work.ts'
import type { JobStatus } from './status.ts'

/** A job: which topics it reads and writes, and what it makes of each partition. */
export interface PartitionJob<Work extends PartitionWork> {
  streams: Streams
  /** Names its states on the state topic and, with dashes for spaces, its writers: whoever runs under it takes over from there. */
  name: string
  /** Consumer group under which its positions are committed too, for tools that show a lag; the job never reads them. */
  group: string
  /** Topics of input; a key stands in the same partition of each. */
  reads: string[]
  /** Topics of output, with the same partitions as the input; those of dead letters are known by themselves. */
  writes: string[]
  /** How many partitions each of these topics has. */
  partitions: number
  /** Topic of states; made compacted. */
  state: TopicSpec
  /** Of the output: topics whose records a work may want to see again. */
  recalls?: string[]
  /** Those partitions that are worked on; all when absent. Another one of the job may have the others. */
  own?: number[]
  /** The work of a partition, as it begins with its first record. */
  open(partition: number): Work
  /** What its memory depends on: a state that was made with other settings is refused. */
  settings?: string
  /** Whether a record of the output is of this job; all are when absent. */
  isOwn?(record: Incoming): boolean
  /** Where a former version of the job, which kept no states, stood in these partitions. Asked after that one is fenced. */
  former?(streams: Streams, partitions: number[]): Promise<Position[]>
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
