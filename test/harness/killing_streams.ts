import type { Outgoing, Streams, Writer } from '../../src/streams/port.ts'

/** What those get who write after their death. */
export class Killed extends Error {}

/** Streams of a process that is killed: from its n-th step of writing on nothing of it arrives. */
export interface KillingStreams extends Streams {
  /** Ends what a dead process would have left open: once another one has taken over. */
  bury(): Promise<void>
}

/** @param steps it lives for so many: the beginning and the end of each commit, each record in between, each preparation. */
export function killingStreams(streams: Streams, steps: number): KillingStreams {
  const opened: Writer[] = []
  let left = steps

  function step(): void {
    if (left-- <= 0) throw new Killed('killed')
  }

  return {
    ...streams,
    async bury() {
      for (const writer of opened) await writer.close()
    },
    async writer(id, claim) {
      const writer = await streams.writer(id, claim)
      opened.push(writer)
      return {
        claim: () => writer.claim(),
        prepare(coming) {
          if (left-- > 0) writer.prepare(coming)
        },
        async commit(transaction) {
          step()
          const { records } = transaction
          if (left < records.length) {
            const dying = [...records.slice(0, left), poison, ...records.slice(left)]
            left = -1
            await writer.commit({ ...transaction, records: dying }).catch(() => {})
            throw new Killed('killed')
          }
          left -= records.length
          const ends = await writer.commit(transaction)
          step()
          return ends
        },
        async close() {
          if (left >= 0) await writer.close()
        },
      }
    },
  }
}

/** A record in the middle of whose writing everything ends. */
const poison: Outgoing = {
  get topic(): string {
    throw new Killed('killed')
  },
  key: '',
  value: '',
}
