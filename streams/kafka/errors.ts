import { SpikeError } from '../../errors.ts'

interface Node {
  code?: string
  apiId?: string
  message?: string
  canRetry?: boolean
  errors?: unknown[]
  cause?: unknown
}

/** Every error in a tree of errors: the client nests the broker's own under `errors` and `cause`. */
function* walk(error: unknown): Generator<Node> {
  if (typeof error !== 'object' || error === null) return
  const node = error as Node
  yield node
  for (const inner of node.errors ?? []) yield* walk(inner)
  yield* walk(node.cause)
}

/** The broker's names for what went wrong, such as NOT_COORDINATOR. */
export function brokerFaults(error: unknown): Set<string> {
  return new Set([...walk(error)].flatMap(({ apiId }) => (apiId ? [apiId] : [])))
}

const fencing = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
/** Not retriable for the call that met them, but a writer that starts anew gets over them. */
const lostTransaction = [
  'INVALID_TXN_STATE',
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'TRANSACTION_COORDINATOR_FENCED',
  'TRANSACTION_ABORTABLE',
]

/**
 * What the client threw, as one of our closed codes.
 * @param where the broker's addresses, named in the line.
 * @param what what was being done, such as `topic ticks.raw`.
 */
export function mapError(error: unknown, where: string, what: string): SpikeError {
  if (error instanceof SpikeError) return error
  const nodes = [...walk(error)]
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
  if (nodes.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION') || has(['SASL_AUTHENTICATION_FAILED']))
    return new SpikeError(
      'BROKER_REFUSED',
      `kafka ${where}: user name or password refused; set KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM`,
      options,
    )
  if (unknown || has(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID']))
    return new SpikeError(
      'TOPIC_UNKNOWN',
      `kafka ${where}: there is no ${unknown ? `topic '${unknown}'` : what}; create it first or check its name`,
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
      `kafka ${where}: ${what}: records were deleted before they were read; start the job under a new group`,
      options,
    )
  const told = [...faults].join(', ') || nodes.at(-1)?.message?.split('\n')[0] || String(error)
  const retriable =
    has(lostTransaction) || (nodes.length > 0 && nodes.every(({ canRetry, errors }) => canRetry !== false || errors))
  if (retriable)
    return new SpikeError(
      'BROKER_UNAVAILABLE',
      `kafka ${where}: ${what}: no answer that helps (${told}); is the broker up?`,
      options,
    )
  return new SpikeError('BROKER_REFUSED', `kafka ${where}: ${what}: refused (${told})`, options)
}
