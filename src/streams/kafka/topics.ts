import { setTimeout as delay } from 'node:timers/promises'
import {
  type Admin,
  ConfigResourceTypes,
  FetchIsolationLevels,
  IncrementalAlterConfigOperationTypes,
  ListOffsetTimestamps,
} from '@platformatic/kafka'
import { SpikeError } from '../../errors.ts'
import { describeMismatch } from '../partition_mismatch.ts'
import type { Position, TopicFacts, TopicSpec } from '../port.ts'
import { refuseTwoRoles } from '../two_roles.ts'
import { brokerFaults } from './error_tree.ts'

/** Largest batch that topics made here take. */
const largestBatch = String(16 << 20)
/** Only closed segments are compacted: they are small, so that little has to be read to find what is newest. */
const compaction = [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'segment.bytes', value: String(64 << 20) },
]
/** How long `ends` waits for transactions that are just being ended. */
const settleMs = 2000
/** Markers of a commit that was acknowledged come, if the broker lives; on a machine with far too much to do they took over 2 s. */
const markersMs = 20_000

/**
 * Creates what is missing and waits until it can be used.
 * @throws SpikeError TOPIC_MISMATCH, one line a topic; BROKER_REFUSED when one must be compacted and may not be set so.
 */
export async function createTopics(admin: Admin, topics: TopicSpec[]): Promise<void> {
  refuseTwoRoles(topics)
  const existing = new Set(await admin.listTopics())
  for (const { name, partitions, compacted } of topics) {
    try {
      if (existing.has(name)) {
        if (compacted) await ensureCompacted(admin, name)
        continue
      }
      const configs = [{ name: 'max.message.bytes', value: largestBatch }, ...(compacted ? compaction : [])]
      await admin.createTopics({ topics: [{ topic: name, partitions }], configs })
    } catch (error) {
      if (!brokerFaults(error).has('TOPIC_ALREADY_EXISTS')) throw error
    }
  }
  const counts = await Promise.all(topics.map(({ name }) => countWhenReady(admin, name)))
  const faults = topics.flatMap((topic, index) =>
    counts[index] === topic.partitions ? [] : [describeMismatch(topic, counts[index])],
  )
  if (faults.length > 0) throw new SpikeError('TOPIC_MISMATCH', faults)
}

/** A topic of states that a broker cleans by age loses those of a job that rests: it is set to be compacted. */
async function ensureCompacted(admin: Admin, topic: string): Promise<void> {
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }
  try {
    const [{ configs }] = await admin.describeConfigs({
      resources: [{ ...resource, configurationKeys: ['cleanup.policy'] }],
    })
    if (configs[0]?.value === 'compact') return
    const set = compaction.map(one => ({ ...one, configOperation: IncrementalAlterConfigOperationTypes.SET }))
    await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: set }] })
  } catch (error) {
    if (!brokerFaults(error).has('TOPIC_AUTHORIZATION_FAILED')) throw error
    throw new SpikeError(
      'BROKER_REFUSED',
      `topic ${topic} must be compacted (cleanup.policy=compact), and this login may not see or set that; let its administrator set it, and allow DescribeConfigs on it`,
      { cause: error },
    )
  }
}

/** Number of partitions, once the brokers tell each other of the topic and every partition has a leader. */
async function countWhenReady(admin: Admin, topic: string): Promise<number> {
  const until = performance.now() + 10_000
  for (;;) {
    try {
      const { partitions, partitionsCount } = (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(
        topic,
      )!
      if (partitions.every(({ leader }) => leader >= 0) || performance.now() > until) return partitionsCount
    } catch (error) {
      if (performance.now() > until) throw error
    }
    await delay(50)
  }
}

/** Topics as the brokers know them now. @throws the client's error when one is not there. */
export async function describeTopics(admin: Admin, names: string[]): Promise<TopicFacts[]> {
  const { topics } = await admin.metadata({ topics: [...names], forceUpdate: true })
  return names.map(name => {
    const { id, partitionsCount } = topics.get(name)!
    return { name, partitions: partitionsCount, id }
  })
}

/** Numbers of the partitions of a topic. @throws the client's error when there is no such topic. */
export async function listPartitions(admin: Admin, topic: string): Promise<number[]> {
  const metadata = await admin.metadata({ topics: [topic] })
  return [...metadata.topics.get(topic)!.partitions.keys()]
}

/** First records that are kept. */
export function readBegins(admin: Admin, topic: string, partitions: number[]): Promise<Position[]> {
  return listOffsets(admin, topic, partitions, ListOffsetTimestamps.EARLIEST, FetchIsolationLevels.READ_COMMITTED)
}

/**
 * Ends as a read_committed reader sees them. A commit is acknowledged before its markers are written: so this waits, not
 * for long, until what was written when it was asked is either readable or known to hang on an open transaction; for what
 * is known to be committed it waits longer.
 * @param committed ends of what the asking process has committed, by partition.
 */
export async function readEnds(
  admin: Admin,
  topic: string,
  partitions: number[],
  committed: ReadonlyMap<number, number>,
): Promise<Position[]> {
  const { LATEST } = ListOffsetTimestamps
  const written = await readWrittenEnds(admin, topic, partitions)
  const began = performance.now()
  for (;;) {
    const stable = await listOffsets(admin, topic, partitions, LATEST, FetchIsolationLevels.READ_COMMITTED)
    const passed = performance.now() - began
    const isThere = stable.every(({ offset, partition }, index) => {
      if (offset >= written[index].offset) return true
      return passed > (offset >= (committed.get(partition) ?? 0) ? settleMs : markersMs)
    })
    if (isThere) return stable
    await delay(10)
  }
}

/** Ends with what is not committed, or not yet. */
export function readWrittenEnds(admin: Admin, topic: string, partitions: number[]): Promise<Position[]> {
  return listOffsets(admin, topic, partitions, ListOffsetTimestamps.LATEST, FetchIsolationLevels.READ_UNCOMMITTED)
}

/** Positions committed for a group; partitions without one are left out. */
export async function readCommitted(
  admin: Admin,
  group: string,
  topic: string,
  partitionIndexes: number[],
): Promise<Position[]> {
  const groups = [{ groupId: group, topics: [{ name: topic, partitionIndexes }] }]
  const [answer] = await admin.listConsumerGroupOffsets({ groups, requireStable: true })
  const found = answer?.topics.find(({ name }) => name === topic)?.partitions ?? []
  return found
    .filter(({ committedOffset }) => committedOffset >= 0n)
    .map(({ partitionIndex, committedOffset }) => ({
      topic,
      partition: partitionIndex,
      offset: Number(committedOffset),
    }))
    .toSorted((a, b) => a.partition - b.partition)
}

async function listOffsets(
  admin: Admin,
  topic: string,
  partitions: number[],
  timestamp: bigint,
  isolationLevel: 0 | 1,
): Promise<Position[]> {
  const asked = partitions.map(partitionIndex => ({ partitionIndex, timestamp }))
  const answers = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }], isolationLevel })
  return answers
    .flatMap(answer => answer.partitions)
    .map(({ partitionIndex, offset }) => ({ topic, partition: partitionIndex, offset: Number(offset) }))
    .toSorted((a, b) => a.partition - b.partition)
}
