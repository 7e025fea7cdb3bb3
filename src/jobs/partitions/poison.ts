import { SpikeError } from '../../errors.ts'
import type { Incoming } from '../../streams/port.ts'

/** A record at which a job failed so often is passed over and kept as a dead letter. */
const mostDeaths = 3
/** After so many of them it is the job that is at fault, not its records. */
const mostRecords = 10

/** Records at which a job failed, over all of its lives in this process. */
export class Poison {
  private readonly deaths = new Map<string, { count: number; why: string }>()

  /** Why a record is to be passed over; null where it is not. */
  reason(record: Incoming): string | null {
    if (this.deaths.size === 0) return null
    const { count, why } = this.deaths.get(placeOf(record)) ?? { count: 0, why: '' }
    return count >= mostDeaths ? why : null
  }

  /**
   * Notes that a job failed at a record.
   * @returns what to throw: RECORD_FAILED, with which the job begins anew from what is committed; CHECK_FAILED where that
   * leads nowhere; the error itself where it is one of ours.
   */
  note(record: Incoming, error: unknown): unknown {
    if (error instanceof SpikeError) return error
    const place = placeOf(record)
    const why = String(error).split('\n')[0]
    const count = (this.deaths.get(place)?.count ?? 0) + 1
    this.deaths.set(place, { count, why })
    const told = `${place}: the job failed at this record (${why})`
    if (count <= mostDeaths && this.deaths.size <= mostRecords)
      return new SpikeError('RECORD_FAILED', `${told}; after the third time it becomes a dead letter`, {
        cause: error,
      })
    const more = count > mostDeaths ? 'again where it was passed over' : `at ${mostRecords} others before`
    return new SpikeError(
      'CHECK_FAILED',
      `${told}, and ${more}; this is a fault of the program: keep the topic and report it`,
      { cause: error },
    )
  }
}

function placeOf({ topic, partition, offset }: Incoming): string {
  return `topic ${topic}, partition ${partition}, offset ${offset}`
}
