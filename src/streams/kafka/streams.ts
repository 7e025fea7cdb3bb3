import { Admin } from '@platformatic/kafka'
import type { Position, Streams } from '../port.ts'
import { startPositions } from '../start_positions.ts'
import { suitCollectorToRecords } from './collector.ts'
import { connectionOptions } from './connection.ts'
import { mapError } from './errors.ts'
import { readNewest } from './newest.ts'
import { KafkaReader } from './reader.ts'
import {
  createTopics,
  describeTopics,
  listPartitions,
  readBegins,
  readCommitted,
  readEnds,
  readWrittenEnds,
} from './topics.ts'
import { openWriter } from './writer.ts'

/**
 * Topics on a Kafka cluster.
 * @param brokers `host:port` of some of its brokers.
 * @throws SpikeError BROKER_UNAVAILABLE within seconds when none answers, BROKER_REFUSED on a wrong password.
 */
export async function openKafka(brokers: string[]): Promise<Streams> {
  suitCollectorToRecords()
  const options = connectionOptions(brokers)
  const where = brokers.join(',')
  const admin = new Admin(options)
  const told = async <Result>(what: string, work: Promise<Result>): Promise<Result> => {
    try {
      return await work
    } catch (error) {
      throw mapError(error, where, what)
    }
  }
  try {
    await told('first contact', admin.metadata({ retries: 1 }))
  } catch (error) {
    await admin.close()
    throw error
  }
  /** Ends of what these streams have committed, by topic and partition. */
  const committed = new Map<string, Map<number, number>>()
  const noteCommitted = (ends: Position[]): void => {
    for (const { topic, partition, offset } of ends) {
      const partitions = committed.get(topic) ?? new Map<number, number>()
      committed.set(topic, partitions.set(partition, offset))
    }
  }
  const outline = async (topic: string): Promise<[Position[], Position[]]> => {
    const partitions = await listPartitions(admin, topic)
    const begins = await readBegins(admin, topic, partitions)
    return [begins, await readEnds(admin, topic, partitions, committed.get(topic) ?? new Map())]
  }
  return {
    createTopics: topics => told('creating topics', createTopics(admin, topics)),
    topics: names => told('topics', describeTopics(admin, names)),
    writer: (id, claim) => openWriter(options, admin, where, id, claim, noteCommitted),
    async reader(topic, start, partitions) {
      const [begins, ends] = await told(`topic '${topic}'`, outline(topic))
      return new KafkaReader(options, where, topic, startPositions(begins, ends, start, partitions))
    },
    async committed(group, topic, partitions) {
      const what = `positions of ${group} on topic '${topic}'`
      const all = await told(`topic '${topic}'`, listPartitions(admin, topic))
      return told(what, readCommitted(admin, group, topic, partitions ?? all))
    },
    async ends(topic) {
      return (await told(`topic '${topic}'`, outline(topic)))[1]
    },
    newest(topic, keys) {
      const read = async (): Promise<Map<string, Buffer>> => {
        const partitions = await listPartitions(admin, topic)
        const begins = await readBegins(admin, topic, partitions)
        return readNewest(admin, topic, keys, begins, await readWrittenEnds(admin, topic, partitions))
      }
      return told(`topic '${topic}'`, read())
    },
    close: () => admin.close(),
  }
}
