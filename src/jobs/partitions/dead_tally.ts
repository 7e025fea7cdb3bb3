import { decodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Outgoing } from '../../streams/port.ts'

/** Dead letters of one reason: how many, and where the first of their records stood. */
export interface DeadOfReason {
  count: number
  first: { topic: string; partition: number; offset: number }
}

/** Dead letters by their reason. */
export type DeadTally = Record<string, DeadOfReason>

/** Counts a dead letter as it stands on its topic. */
export function noteDead(tally: DeadTally, { value }: Outgoing): void {
  const { reason, topic, partition, offset } = decodeDeadLetter(value)
  tally[reason] ??= { count: 0, first: { topic, partition, offset } }
  tally[reason].count++
}

/** For people: `3 dead letters (2 not JSON, the first at ticks.raw, partition 0, offset 12; 1 time_ahead, …)`. */
export function tellDead(tally: DeadTally): string {
  const reasons = Object.entries(tally).map(
    ([reason, { count, first }]) =>
      `${count} ${reason}, the first at ${first.topic}, partition ${first.partition}, offset ${first.offset}`,
  )
  const total = Object.values(tally).reduce((sum, { count }) => sum + count, 0)
  return `${total} dead letters${total === 0 ? '' : ` (${reasons.join('; ')})`}`
}
