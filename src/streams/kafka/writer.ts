import type { Admin, BaseOptions } from '@platformatic/kafka'
import { SpikeError } from '../../errors.ts'
import type { Claim, Coming, Position, Transaction, Writer } from '../port.ts'
import { earlyTransaction } from './early.ts'
import { brokerFaults } from './error_tree.ts'
import { mapError } from './errors.ts'
import { outcomeOf } from './outcome.ts'
import { type OwnProducer, ownProducer } from './producer.ts'
import { addPositions, announce, findCoordinator, mergeWritten, sendRecords, type Written } from './transaction.ts'

/** A transaction that was told to commit, and the answer never came. */
interface Unsettled {
  transaction: Transaction
  written: Written[]
  producerId: bigint
}

/**
 * Opens a transactional writer: fences an older writer of the id and aborts its open transaction.
 * @param claim of the writer that it succeeds: then a newer one than that is not fenced, but fences this one.
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
  const writer = new KafkaWriter(options, admin, where, id, claim, onCommitted)
  await writer.begin()
  return writer
}

/** After an error it starts a new producer under its own last epoch (KIP-360), so that it can never fence a writer newer than itself. */
class KafkaWriter implements Writer {
  private readonly options: BaseOptions
  private readonly where: string
  private readonly what: string
  private readonly onCommitted: (ends: Position[]) => void
  private readonly own: OwnProducer
  private readonly coordinators = new Map<string, number>()
  private readonly early = earlyTransaction()
  private unsettled: Unsettled | null = null
  private closed = false
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    options: BaseOptions,
    admin: Admin,
    where: string,
    id: string,
    claim: Claim | undefined,
    onCommitted: (ends: Position[]) => void,
  ) {
    this.options = options
    this.where = where
    this.what = `writer ${id}`
    this.onCommitted = onCommitted
    this.own = ownProducer(options, admin, where, this.what, id, claim, () => this.coordinators.clear())
  }

  async begin(): Promise<void> {
    await this.own.ready()
  }

  prepare(coming: Coming): void {
    this.last = this.last
      .catch(() => {})
      .then(async () => {
        if (!this.closed && this.unsettled === null) await this.early.goOn(await this.own.ready(), coming)
      })
      .catch(() => {})
  }

  commit(transaction: Transaction): Promise<Position[]> {
    if (this.closed) return Promise.reject(new Error(`${this.what} is closed`))
    const next = this.last
      .catch(() => {})
      .then(async () => {
        const ends = await (this.unsettled === null ? this.attempt(transaction) : this.settle(transaction))
        this.onCommitted(ends)
        return ends
      })
    this.last = next
    return next
  }

  claim(): Claim {
    return this.own.claim
  }

  async close(): Promise<void> {
    await this.last.catch(() => {})
    this.closed = true
    await this.early.abort()
    await this.own.drop()
  }

  private async attempt(transaction: Transaction): Promise<Position[]> {
    const { records, group, positions = [] } = transaction
    if (positions.length > 0 && group === undefined) throw new Error('a transaction with positions needs a group')
    if (records.length === 0 && positions.length === 0) return []
    const current = await this.own.ready()
    let written: Written[] = []
    let ending = false
    try {
      const { transaction: begun, sent, written: before } = await this.early.take(current, transaction)
      const rest = records.slice(sent.length)
      await announce(current, begun, { records: rest, group: positions.length > 0 ? group : undefined })
      const coordinator = positions.length > 0 ? await this.coordinatorOf(group!) : 0
      // The positions are small: the broker takes them in while the records are still being encoded.
      const adding = addPositions(begun, group!, coordinator, positions)
      const [after] = await Promise.all([sendRecords(current, begun, rest), adding])
      written = mergeWritten(before, after)
      ending = true
      await begun.commit()
    } catch (error) {
      await this.own.drop()
      const mapped = await this.confirm(mapError(error, this.where, this.what))
      if (!ending || !mapped.retriable || brokerFaults(error).has('INVALID_TXN_STATE')) throw mapped
      this.unsettled = { transaction, written, producerId: this.own.claim.producerId }
      return this.settle(transaction)
    }
    return endsOf(written)
  }

  /**
   * "Fenced" is also said to the newest writer, after its transaction was aborted by the broker: because it took too long, or
   * because an older writer asked for the id in the middle of it. Only a writer that cannot begin anew has a successor.
   */
  private async confirm(error: SpikeError): Promise<SpikeError> {
    if (error.code !== 'WRITER_FENCED') return error
    try {
      await this.own.ready()
    } catch (refused) {
      return refused as SpikeError
    }
    const line = `kafka ${this.where}: ${this.what}: the broker aborted its transaction`
    return new SpikeError('BROKER_UNAVAILABLE', line, { cause: error })
  }

  /** Finds out how the unsettled transaction ended; writes it again when it was aborted. */
  private async settle(transaction: Transaction): Promise<Position[]> {
    const { transaction: open, written, producerId } = this.unsettled!
    if (transaction !== open)
      throw new Error(
        `${this.what}: commit the transaction that failed again, or open a new writer and read what it left`,
      )
    const place = written[0]
    try {
      const current = await this.own.ready()
      // Positions alone are written again: that changes nothing if they were committed.
      const committed =
        place !== undefined &&
        (await outcomeOf(current, place.topic, place.partition, place.first, producerId)) === 'committed'
      this.unsettled = null
      return committed ? endsOf(written) : this.attempt(transaction)
    } catch (error) {
      const mapped = mapError(error, this.where, this.what)
      if (!mapped.retriable) this.unsettled = null
      throw mapped
    }
  }

  private async coordinatorOf(group: string): Promise<number> {
    const known = this.coordinators.get(group) ?? (await findCoordinator(this.options, group))
    this.coordinators.set(group, known)
    return known
  }
}

function endsOf(written: Written[]): Position[] {
  return written.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
}
