import { setTimeout as delay } from 'node:timers/promises'
import type { Coming, Outgoing } from '../port.ts'
import { announce, type KafkaProducer, mergeWritten, type Open, sendRecords, type Written } from './transaction.ts'

/** A transaction that was begun while its records were still being made. */
export interface Begun {
  transaction: Open
  /** The first records of the commit, which were sent, and where they are. */
  sent: Outgoing[]
  written: Written[]
}

/**
 * Begins transactions before their commit, and sends what is there of them: at the commit little is left to be sent, and two
 * of its five requests are answered.
 */
export interface EarlyTransaction {
  /** Begins one, or goes on with it: sends those of the records that were not sent yet. */
  goOn(producer: KafkaProducer, coming: Coming): Promise<void>
  /**
   * The one that was begun on this producer with the first of these records, else a new one.
   * @throws what went wrong since it was begun.
   */
  take(producer: KafkaProducer, coming: Coming): Promise<Begun>
  /** Aborts what was begun and not taken: until then nobody would read past its records. Gives up after a second. */
  abort(): Promise<void>
}

const abortWithinMs = 1000

interface Early extends Begun {
  producer: KafkaProducer
}

export function earlyTransaction(): EarlyTransaction {
  let early: Early | { producer: KafkaProducer; failure: unknown } | null = null

  async function begin(producer: KafkaProducer): Promise<Early> {
    return { producer, transaction: await producer.beginTransaction(), sent: [], written: [] }
  }

  async function send(begun: Early, coming: Coming): Promise<void> {
    const records = coming.records.slice(begun.sent.length)
    await announce(begun.producer, begun.transaction, { ...coming, records })
    const written = await sendRecords(begun.producer, begun.transaction, records)
    for (const record of records) begun.sent.push(record)
    begun.written = mergeWritten(begun.written, written)
  }

  return {
    async goOn(producer, coming) {
      if (early !== null && 'failure' in early) return
      try {
        if (early?.producer !== producer) early = await begin(producer)
        await send(early, coming)
      } catch (failure) {
        early = { producer, failure }
      }
    },
    async take(producer, coming) {
      const before = early
      early = null
      if (before?.producer !== producer) return begin(producer)
      if ('failure' in before) throw before.failure
      if (before.sent.every((record, i) => record === coming.records[i])) return before
      await before.transaction.abort()
      return begin(producer)
    },
    async abort() {
      if (early === null || 'failure' in early) return
      const giveUp = new AbortController()
      const aborted = early.transaction.abort().catch(() => {})
      await Promise.race([aborted, delay(abortWithinMs, undefined, giveUp).catch(() => {})])
      giveUp.abort()
      early = null
    },
  }
}
