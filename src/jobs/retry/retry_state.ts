import { decodeRecord } from '../../core/events/json_record.ts'
import { SpikeError } from '../../errors.ts'

interface Tried {
  count: number
  /** Milliseconds since the epoch of the first. */
  first: number
}

/** How often each record was tried, by its content: a record that fails again is another letter, at another place. */
export class Tries {
  private readonly byName: Map<string, Tried>
  /** More are not known at once; the oldest begins anew. */
  private readonly most = 2000

  constructor(former: Record<string, Tried>) {
    this.byName = new Map(Object.entries(former))
  }

  /** One more try. */
  note(name: string, now: number): Tried {
    const { count, first } = this.byName.get(name) ?? { count: 0, first: now }
    const tried = { count: count + 1, first }
    this.byName.set(name, tried)
    if (this.byName.size > this.most) this.byName.delete(this.byName.keys().next().value!)
    return tried
  }

  forget(name: string): void {
    this.byName.delete(name)
  }

  toJSON(): Record<string, Tried> {
    return Object.fromEntries(this.byName)
  }
}

interface RetryState {
  format: 'spike60-retry'
  version: 1
  /** Which topic of that name it was. */
  id: string
  /** By partition: the next letter. */
  offsets: Record<string, number>
  tries: Record<string, Tried>
}

export function encodeRetryState(id: string, offsets: Record<string, number>, tries: Tries): string {
  return JSON.stringify({ format: 'spike60-retry', version: 1, id, offsets, tries })
}

/**
 * Where trying goes on; at the beginning without a former state, and of a topic that was made anew.
 * @throws SpikeError LOG_CORRUPT when it is none of this version.
 */
export function decodeRetryState(
  text: string | undefined,
  id: string,
  where: string,
): { offsets: Record<string, number>; tries: Tries } {
  if (text === undefined) return { offsets: {}, tries: new Tries({}) }
  const state = decodeRecord<RetryState>(
    text,
    ({ format, version, offsets, tries }) =>
      format === 'spike60-retry' &&
      version === 1 &&
      typeof tries === 'object' &&
      Object.values(offsets ?? {}).every(Number.isSafeInteger),
  )
  if (state === null) throw new SpikeError('LOG_CORRUPT', `${where} is no state of this version; name another --to`)
  return { offsets: state.id === id ? state.offsets : {}, tries: new Tries(state.tries) }
}
