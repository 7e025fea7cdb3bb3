import type { Places } from '../port.ts'
import { announce, type KafkaProducer, type Open } from './transaction.ts'

/** A transaction that is begun while its records are still being made: two of its five requests are answered by then. */
export interface EarlyTransaction {
  /** Begins it; nothing happens when it is begun already. */
  begin(producer: KafkaProducer, places: Places): Promise<void>
  /** The one that was begun on this producer, else a new one; it knows all places. @throws what went wrong since it was begun. */
  take(producer: KafkaProducer, places: Places): Promise<Open>
}

export function earlyTransaction(): EarlyTransaction {
  let early: { producer: KafkaProducer; begun: Promise<Open> } | null = null

  async function open(producer: KafkaProducer, places: Places): Promise<Open> {
    const begun = await producer.beginTransaction()
    await announce(producer, begun, places)
    return begun
  }

  return {
    async begin(producer, places) {
      if (early?.producer === producer) return
      early = { producer, begun: open(producer, places) }
      await early.begun
    },
    async take(producer, places) {
      const before = early
      early = null
      if (before?.producer !== producer) return open(producer, places)
      const begun = await before.begun
      await announce(producer, begun, places)
      return begun
    },
  }
}
