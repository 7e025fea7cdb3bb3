import { setTimeout as delay } from 'node:timers/promises'
import {
  type Admin,
  type Consumer,
  describeProducersV0,
  describeTransactionsV0,
  FindCoordinatorKeyTypes,
  metadataV12,
} from '@platformatic/kafka'
import { SpikeError } from '../../errors.ts'
import { brokerFaults } from './error_tree.ts'
import type { KafkaProducer } from './transaction.ts'

/*
 * A broker that is killed while it writes the markers of a transaction may forget them. Started again, Kafka 4.3.1 writes
 * them anew, but a partition that has no leader at that moment, as all have while the controller takes the broker's former
 * life off its list, it takes for deleted, and calls the transaction complete. Its records then hang: nobody reads on past
 * them, and the next transaction of the writer decides on them as well. (TransactionMarkerChannelManager: "these partitions
 * are likely deleted already and hence can be skipped"; seen in one of ten kills of a lone broker. Hanging transactions:
 * KIP-664.) So a writer, before it is used, looks for what hangs of its own and ends it as its coordinator did.
 */

export type Ending = 'committed' | 'aborted'

/** A partition in which a transaction was never ended. */
interface Hanging {
  topic: string
  partition: number
  /** Of an internal topic: how many partitions that has. */
  internal: number | null
}

/** The state of the coordinator tells how a transaction was ended, or will be when its id is taken over. */
const endings: Record<string, Ending | undefined> = {
  PrepareCommit: 'committed',
  CompleteCommit: 'committed',
  Ongoing: 'aborted',
  PrepareEpochFence: 'aborted',
  PrepareAbort: 'aborted',
  CompleteAbort: 'aborted',
}

const loadingMs = 15_000
const markersMs = 15_000
const loading = ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR']

/** How the last transaction of an id ends, to be asked before the id is taken over; null where the coordinator knows of none. */
export async function lastEnding(admin: Admin, id: string): Promise<Ending | null> {
  const until = performance.now() + loadingMs
  for (;;) {
    try {
      const [coordinator] = await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.TRANSACTION, keys: [id] })
      const connection = await admin.connections.get(coordinator)
      const { transactionStates } = await describeTransactionsV0.api.async(connection, [id])
      return endings[transactionStates[0].transactionState] ?? null
    } catch (error) {
      const faults = brokerFaults(error)
      if (faults.has('TRANSACTIONAL_ID_NOT_FOUND')) return null
      if (!loading.some(fault => faults.has(fault)) || performance.now() > until) throw error
      await delay(20)
    }
  }
}

/** Where transactions of a producer hang that has none under way. Partitions that it may not look into are left out. */
async function findHanging(admin: Admin, producerId: bigint): Promise<Hanging[]> {
  const { brokers } = await admin.metadata({})
  const connection = await admin.connections.get([...brokers.values()][0])
  const { topics } = await metadataV12.api.async(connection, null as unknown as string[], false, false)
  const hanging: Hanging[] = []
  for (const [node, broker] of brokers) {
    const led = topics.map(({ name, partitions }) => ({
      name: name!,
      partitionIndexes: partitions.filter(({ leaderId }) => leaderId === node).map(p => p.partitionIndex),
    }))
    const asked = led.filter(({ partitionIndexes }) => partitionIndexes.length > 0)
    if (asked.length === 0) continue
    const answer = await describeProducersV0.api
      .async(await admin.connections.get(broker), asked)
      .catch(error => readPart(error))
    for (const { name: topic, partitions } of answer.topics)
      for (const { partitionIndex: partition, activeProducers } of partitions)
        if (activeProducers.some(one => one.producerId === producerId && one.currentTxnStartOffset >= 0n)) {
          const { isInternal, partitions: all } = topics.find(({ name }) => name === topic)!
          hanging.push({ topic, partition, internal: isInternal ? all.length : null })
        }
  }
  return hanging
}

/**
 * Ends what hangs of a producer that has just been begun, and waits until it is readable: a commit is acknowledged before its
 * markers are written, and the job is about to read where it stands.
 * @param ending how the last transaction ended, null when nobody knows.
 * @throws SpikeError LOG_CORRUPT when something hangs and nobody knows.
 */
export async function endHanging(admin: Admin, producer: KafkaProducer, ending: Ending | null): Promise<void> {
  const hanging = await findHanging(admin, producer.producerId!)
  if (hanging.length === 0) return
  if (ending === null) throw new SpikeError('LOG_CORRUPT', describe(hanging))
  await writeMarkers(producer, hanging, ending)
  for (const until = performance.now() + markersMs; ; await delay(10)) {
    const left = await findHanging(admin, producer.producerId!)
    if (left.length === 0) return
    if (performance.now() > until) throw new SpikeError('BROKER_UNAVAILABLE', describe(left))
  }
}

/** A transaction without records over the same partitions, ended the same way, has the markers that are missing. */
async function writeMarkers(producer: KafkaProducer, hanging: Hanging[], ending: Ending): Promise<void> {
  const places = hanging.filter(({ internal }) => internal === null)
  const metadata = await producer.metadata({ topics: [...new Set(places.map(({ topic }) => topic))] })
  const transaction = await producer.beginTransaction()
  await transaction.addPartitions(metadata, places as unknown as Parameters<typeof transaction.addPartitions>[1])
  for (const { partition, internal } of hanging)
    if (internal !== null) await transaction.addConsumer({ groupId: groupIn(partition, internal) } as Consumer)
  await (ending === 'committed' ? transaction.commit() : transaction.abort())
}

function describe(hanging: Hanging[]): string {
  const places = hanging.map(({ topic, partition }) => `${topic}-${partition}`).join(', ')
  return `a transaction hangs in ${places} and the broker no longer knows how it ended; look at it with kafka-transactions.sh find-hanging --max-transaction-timeout 0, end it with kafka-transactions.sh abort`
}

/** The name of some group whose positions live in a partition of `__consumer_offsets`: no transaction names such a partition itself. */
export function groupIn(partition: number, partitions: number): string {
  for (let number = 0; ; number++) {
    const group = `hanging-${number}`
    let hash = 0
    for (let i = 0; i < group.length; i++) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0
    if ((hash & 0x7fffffff) % partitions === partition) return group
  }
}

type Described = Awaited<ReturnType<typeof describeProducersV0.api.async>>

/** The client throws the whole answer away where one partition may not be looked into; it hangs on its error. */
function readPart(error: { response?: Described }): Described {
  const { response } = error
  if (response?.topics === undefined) throw error
  return response
}
