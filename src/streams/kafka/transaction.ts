import { type BaseOptions, Consumer, type Producer } from '@platformatic/kafka'
import { partitionOf } from '../partition.ts'
import type { Coming, Outgoing, Position } from '../port.ts'

export type KafkaProducer = Producer<string, Buffer, string, string>
export type Open = Awaited<ReturnType<KafkaProducer['beginTransaction']>>

/** One request carries at most about so many bytes a partition: brokers refuse batches above 1 MB unless told otherwise. */
const requestBytes = 900_000

/** Where the first record of a transaction went on a partition, and the next free offset after the last. */
export interface Written extends Position {
  first: number
}

/** Names the partitions and the group to the coordinator, before anything goes to them; what it was told already costs nothing. */
export async function announce(
  producer: KafkaProducer,
  transaction: Open,
  { records, also = [], group }: Coming,
): Promise<void> {
  const all = [...records, ...also]
  if (all.length > 0) {
    const metadata = await producer.metadata({ topics: [...new Set(all.map(({ topic }) => topic))] })
    const places = all.map(({ topic, key }) => {
      const { partitionsCount } = metadata.topics.get(topic)!
      return { topic, partition: partitionOf(key, partitionsCount), value: nothing }
    })
    await transaction.addPartitions(metadata, places)
  }
  // Of a consumer the client reads no more than its group here.
  if (group !== undefined) await transaction.addConsumer({ groupId: group } as Consumer)
}

const nothing = Buffer.alloc(0)

/** Sends the records, one request after the other: two at once lose their order. */
export async function sendRecords(producer: KafkaProducer, transaction: Open, records: Outgoing[]): Promise<Written[]> {
  if (records.length === 0) return []
  const topics = [...new Set(records.map(({ topic }) => topic))]
  const metadata = await producer.metadata({ topics })
  let written: Written[] = []
  let counts = new Map<string, number>()
  let messages: Parameters<typeof transaction.send>[0]['messages'] = []
  let bytes = 0
  const send = async (): Promise<void> => {
    const { offsets = [] } = await transaction.send({ messages })
    const places = offsets.map(({ topic, partition, offset }) => {
      const first = Number(offset)
      return { topic, partition, first, offset: first + counts.get(`${topic}/${partition}`)! }
    })
    written = mergeWritten(written, places)
    messages = []
    counts = new Map()
    bytes = 0
  }
  for (const { topic, key, value } of records) {
    const partition = partitionOf(key, metadata.topics.get(topic)!.partitionsCount)
    const content =
      typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.buffer, value.byteOffset, value.length)
    const size = content.length + Buffer.byteLength(key) + 70
    if (bytes > 0 && bytes + size > requestBytes) await send()
    const place = `${topic}/${partition}`
    counts.set(place, (counts.get(place) ?? 0) + 1)
    messages.push({ topic, partition, key, value: content })
    bytes += size
  }
  await send()
  return written
}

/** Where records of one transaction went that were sent one after the other. */
export function mergeWritten(earlier: Written[], later: Written[]): Written[] {
  const places = new Map(earlier.map(place => [`${place.topic}/${place.partition}`, place]))
  for (const place of later) {
    const key = `${place.topic}/${place.partition}`
    places.set(key, { ...place, first: places.get(key)?.first ?? place.first })
  }
  return [...places.values()]
}

/** Adds the positions to a transaction that knows the group, one after another: at once they are silently lost. */
export async function addPositions(
  transaction: Open,
  group: string,
  coordinatorId: number,
  positions: Position[],
): Promise<void> {
  // Outside of any membership (generation -1, no member) these are all the client reads of messages and their consumer.
  const consumer = { groupId: group, generationId: -1, memberId: '', coordinatorId }
  for (const { topic, partition, offset } of positions) {
    const message = { topic, partition, offset: BigInt(offset) - 1n, metadata: { consumer } }
    await transaction.addOffset(message as unknown as Parameters<Open['addOffset']>[0])
  }
}

/** The broker that keeps the positions of a group. */
export async function findCoordinator(options: BaseOptions, group: string): Promise<number> {
  const consumer = new Consumer({ ...options, groupId: group })
  try {
    return (await consumer.findGroupCoordinator()) as number
  } finally {
    await consumer.close(true)
  }
}
