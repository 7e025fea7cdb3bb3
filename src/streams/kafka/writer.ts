import type { Admin, BaseOptions } from '@platformatic/kafka'
import { SpikeError } from '../../errors.ts'
import type { Claim, Coming, Position, Transaction, Writer } from '../port.ts'
import { earlyTransaction } from './early.ts'
import { brokerFaults } from './error_tree.ts'
import { mapError } from './errors.ts'
import { outcomeOf } from './outcome.ts'
import { ownProducer } from './producer.ts'
import { addPositions, announce, findCoordinator, mergeWritten, sendRecords, type Written } from './transaction.ts'

/** A transaction that was told to commit, and the answer never came. */
interface Unsettled {
  transaction: Transaction
  written: Written[]
  producerId: bigint
}

/**
 * A transactional writer. Opening it fences an older writer of the id and aborts its open transaction. After an error it
 * starts a new producer under its own last epoch (KIP-360), so that it can never fence a writer newer than itself.
 * @param claim of the writer that it succeeds in the same way.
 * @param onCommitted told where the partitions that a commit wrote end.
 */
export async function openWriter(
  options: BaseOptions,
  admin: Admin,
  where: string,
  id: string,
  claim?: Claim,
  onCommitted: (ends: Position[]) => void = () => {},
): Promise<Writer> {
  const what = `writer ${id}`
  const coordinators = new Map<string, number>()
  const own = ownProducer(options, admin, where, what, id, claim, () => coordinators.clear())
  let unsettled: Unsettled | null = null
  const early = earlyTransaction()
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  async function coordinatorOf(group: string): Promise<number> {
    const known = coordinators.get(group) ?? (await findCoordinator(options, group))
    coordinators.set(group, known)
    return known
  }

  async function prepare(coming: Coming): Promise<void> {
    if (!closed && unsettled === null) await early.goOn(await own.ready(), coming)
  }

  async function attempt(transaction: Transaction): Promise<Position[]> {
    const { records, group, positions = [] } = transaction
    if (positions.length > 0 && group === undefined) throw new Error('a transaction with positions needs a group')
    if (records.length === 0 && positions.length === 0) return []
    const current = await own.ready()
    let written: Written[] = []
    let ending = false
    try {
      const { transaction: begun, sent, written: before } = await early.take(current, transaction)
      const rest = records.slice(sent.length)
      await announce(current, begun, { records: rest, group: positions.length > 0 ? group : undefined })
      const coordinator = positions.length > 0 ? await coordinatorOf(group!) : 0
      // The positions are small: the broker takes them in while the records are still being encoded.
      const adding = addPositions(begun, group!, coordinator, positions)
      const [after] = await Promise.all([sendRecords(current, begun, rest), adding])
      written = mergeWritten(before, after)
      ending = true
      await begun.commit()
    } catch (error) {
      await own.drop()
      const mapped = await confirm(mapError(error, where, what))
      if (!ending || !mapped.retriable || brokerFaults(error).has('INVALID_TXN_STATE')) throw mapped
      unsettled = { transaction, written, producerId: own.claim.producerId }
      return settle(transaction)
    }
    return endsOf(written)
  }

  /**
   * "Fenced" is also said to the newest writer, after its transaction was aborted by the broker: because it took too long, or
   * because an older writer asked for the id in the middle of it. Only a writer that cannot begin anew has a successor.
   */
  async function confirm(error: SpikeError): Promise<SpikeError> {
    if (error.code !== 'WRITER_FENCED') return error
    try {
      await own.ready()
    } catch (refused) {
      return refused as SpikeError
    }
    return new SpikeError('BROKER_UNAVAILABLE', `kafka ${where}: ${what}: the broker aborted its transaction`, {
      cause: error,
    })
  }

  /** Finds out how the unsettled transaction ended; writes it again when it was aborted. */
  async function settle(transaction: Transaction): Promise<Position[]> {
    const { transaction: open, written, producerId } = unsettled!
    if (transaction !== open)
      throw new Error(`${what}: commit the transaction that failed again, or open a new writer and read what it left`)
    const place = written[0]
    try {
      const current = await own.ready()
      // Positions alone are written again: that changes nothing if they were committed.
      const committed =
        place !== undefined &&
        (await outcomeOf(current, place.topic, place.partition, place.first, producerId)) === 'committed'
      unsettled = null
      return committed ? endsOf(written) : attempt(transaction)
    } catch (error) {
      const mapped = mapError(error, where, what)
      if (!mapped.retriable) unsettled = null
      throw mapped
    }
  }

  await own.ready()
  return {
    prepare(coming) {
      last = last
        .catch(() => {})
        .then(() => prepare(coming))
        .catch(() => {})
    },
    commit(transaction) {
      if (closed) return Promise.reject(new Error(`${what} is closed`))
      const next = last
        .catch(() => {})
        .then(async () => {
          const ends = await (unsettled === null ? attempt(transaction) : settle(transaction))
          onCommitted(ends)
          return ends
        })
      last = next
      return next
    },
    claim: () => own.claim,
    async close() {
      await last.catch(() => {})
      closed = true
      await early.abort()
      await own.drop()
    },
  }
}

function endsOf(written: Written[]): Position[] {
  return written.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
}
