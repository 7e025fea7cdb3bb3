import { type Admin, type BaseOptions, Producer, stringSerializers } from '@platformatic/kafka'
import type { Claim } from '../port.ts'
import { brokerFaults } from './error_tree.ts'
import { mapError } from './errors.ts'
import { type Ending, endHanging, lastEnding } from './hanging.ts'
import type { KafkaProducer } from './transaction.ts'

/** The producer of a transactional id, begun anew as often as it is lost. */
export interface OwnProducer {
  /** The producer that is good, or a new one; a new one also ends what the last one left open. */
  ready(): Promise<KafkaProducer>
  /** Gives it up: the next one is begun under its own last epoch (KIP-360), so that it can never fence a newer one. */
  drop(): Promise<void>
  readonly claim: Claim & { producerId: bigint }
}

/** Begins an id whatever came before. */
const unclaimed = { producerId: -1n, producerEpoch: -1 }

/**
 * @param what names the writer in errors. @param claim of the one that it succeeds.
 * @param onBegun called whenever a new producer is begun.
 */
export function ownProducer(
  options: BaseOptions,
  admin: Admin,
  where: string,
  what: string,
  id: string,
  claim: Claim | undefined,
  onBegun: () => void,
): OwnProducer {
  let epoch = claim ? { producerId: claim.producerId!, producerEpoch: claim.epoch } : unclaimed
  let producer: KafkaProducer | null = null
  /** The producer lost a connection: the broker may have died in between. */
  let cut = false
  /** How the last transaction ended before the producer was begun; null once nothing can hang on it. */
  let ending: Ending | null = null

  async function ready(): Promise<KafkaProducer> {
    if (producer !== null && !cut) return producer
    await drop()
    const fresh: KafkaProducer = new Producer({
      ...options,
      idempotent: true,
      transactionalId: id,
      serializers: { ...stringSerializers, value: (value?: Buffer) => value },
    })
    try {
      ending = (await lastEnding(admin, id)) ?? ending
      const begun = await fresh.beginTransaction(epoch)
      await begun.cancel()
      epoch = { producerId: fresh.producerId!, producerEpoch: fresh.producerEpoch! }
      await endHanging(admin, fresh, ending)
      ending = null
    } catch (error) {
      await fresh.close(true).catch(() => {})
      // The broker forgets an id that was not used for days, and a newer writer would have been a use of it.
      if (epoch.producerEpoch >= 0 && brokerFaults(error).has('INVALID_PRODUCER_ID_MAPPING')) {
        epoch = unclaimed
        return ready()
      }
      throw mapError(error, where, what)
    }
    producer = fresh
    cut = false
    fresh.once('client:broker:disconnect', () => {
      cut ||= producer === fresh
    })
    onBegun()
    return fresh
  }

  async function drop(): Promise<void> {
    const old = producer
    producer = null
    await old?.close(true).catch(() => {})
  }

  return {
    ready,
    drop,
    get claim() {
      return { epoch: epoch.producerEpoch, producerId: epoch.producerId }
    },
  }
}
