import { SpikeError } from '../../errors.ts'
import type { Incoming, Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'

/** The records that a job is made for. */
export interface InputKind {
  /** In words for people, such as `market events`. */
  name: string
  /** Whether a record is one. */
  is(record: Incoming): boolean
}

/** A job that goes on waits for the first of the kind; so many others say that it will not come. */
const manyOthers = 1000

/**
 * A topic of another kind, as a mistyped name gives it, would become dead letters whole.
 * @param finite the job ends with what the topic holds now: then it must be there, and hold a record of the kind.
 * @throws SpikeError TOPIC_MISMATCH when it holds none; TOPIC_UNKNOWN where there is no such topic and nobody waits for it.
 */
export async function refuseForeignInput(
  streams: Streams,
  topic: string,
  kind: InputKind,
  finite: boolean,
): Promise<void> {
  let others = 0
  try {
    for await (const records of readAll(streams, topic)) {
      if (records.some(kind.is)) return
      others += records.length
      if (!finite && others >= manyOthers) break
    }
  } catch (error) {
    if (!finite && error instanceof SpikeError && error.code === 'TOPIC_UNKNOWN') return
    throw error
  }
  if (!finite && others < manyOthers) return
  const looked = others === 0 ? '' : ` among ${others} records`
  throw new SpikeError(
    'TOPIC_MISMATCH',
    `topic ${topic} holds no ${kind.name}${looked}; name the topic that does, or fill it first`,
  )
}
