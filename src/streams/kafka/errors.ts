import { SpikeError } from '../../errors.ts'
import { brokerFaults, isEndOfRetries, loginBrokeOff, walk } from './error_tree.ts'
import { refusalOf } from './refusal.ts'

const fencing = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
/** Not retriable for the call that met them, but a writer that starts anew gets over them. */
const lostTransaction = [
  'INVALID_TXN_STATE',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_ID_MAPPING',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'TRANSACTION_COORDINATOR_FENCED',
  'TRANSACTION_ABORTABLE',
  'UNKNOWN_SERVER_ERROR',
]

/**
 * What the client threw, as one of our closed codes.
 * @param where the broker's addresses, named in the line.
 * @param what what was being done, such as `topic ticks.raw`.
 */
export function mapError(error: unknown, where: string, what: string): SpikeError {
  if (error instanceof SpikeError) return error
  const nodes = [...walk(error)].filter(node => !isEndOfRetries(node))
  const faults = brokerFaults(error)
  const has = (names: string[]): boolean => names.some(name => faults.has(name))
  const unknown = nodes.map(({ message }) => /^Unknown topic (\S+)\.$/.exec(message ?? '')?.[1]).find(Boolean)
  const options = { cause: error }
  if (has(fencing))
    return new SpikeError(
      'WRITER_FENCED',
      `kafka ${where}: ${what}: a newer writer took its id; this one stops and the newer one goes on`,
      options,
    )
  const refusal = refusalOf(error)
  if (refusal !== null) return new SpikeError('BROKER_REFUSED', `kafka ${where}: ${refusal}`, options)
  if (unknown || has(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID']))
    return new SpikeError(
      'TOPIC_UNKNOWN',
      unknown || what.startsWith('topic ')
        ? `kafka ${where}: there is no ${unknown ? `topic '${unknown}'` : what}; create it first or check its name`
        : `kafka ${where}: ${what}: a topic that it uses is gone; was it deleted, or the broker set up anew? start the job again`,
      options,
    )
  if (has(tooLarge))
    return new SpikeError(
      'BROKER_REFUSED',
      `kafka ${where}: ${what}: a record is larger than the topic allows; raise max.message.bytes of the topic`,
      options,
    )
  if (has(['OFFSET_OUT_OF_RANGE']))
    return new SpikeError(
      'TOPIC_MISMATCH',
      `kafka ${where}: ${what}: records were deleted before they were read; name other topics and feed them from bronze`,
      options,
    )
  const told = [...faults].join(', ') || nodes.at(-1)?.message?.split('\n')[0] || String(error)
  const handshake = nodes.some(({ message }) => message?.startsWith('TLS handshake failed.'))
  const retriable =
    handshake ||
    loginBrokeOff(error) ||
    has(lostTransaction) ||
    (nodes.length > 0 &&
      nodes.every(({ code, canRetry, errors }) => canRetry !== false || errors || code === 'PLT_KFK_NETWORK'))
  if (retriable) {
    const doubt = handshake
      ? 'does this port speak TLS, and is the broker up'
      : told === 'Connection closed' && what === 'first contact'
        ? 'is the broker up, and do KAFKA_TLS and KAFKA_USERNAME fit this port'
        : 'is the broker up'
    return new SpikeError(
      'BROKER_UNAVAILABLE',
      `kafka ${where}: ${what}: no answer that helps (${told}); ${doubt}?`,
      options,
    )
  }
  return new SpikeError('BROKER_REFUSED', `kafka ${where}: ${what}: refused (${told})`, options)
}
