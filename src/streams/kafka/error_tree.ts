export interface Node {
  code?: string
  apiId?: string
  message?: string
  canRetry?: boolean
  errors?: unknown[]
  cause?: unknown
}

/** Every error in a tree of errors: the client nests the broker's own under `errors` and `cause`. */
export function* walk(error: unknown): Generator<Node> {
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

/** Whether a login broke off because the connection did: the client calls that a failed login, too. */
export function loginBrokeOff(error: unknown): boolean {
  return [...walk(error)].some(
    node => node.code === 'PLT_KFK_AUTHENTICATION' && [...walk(node)].some(({ code }) => lost.includes(code ?? '')),
  )
}

const lost = ['PLT_KFK_NETWORK', 'PLT_KFK_TIMEOUT']

/** Whether an operation of the client has failed for the last time. */
export function triedInVain(error: unknown): boolean {
  return [...walk(error)].some(({ message }) => /failed \d+ times\.$/.test(message ?? ''))
}

export function timedOut(error: unknown): boolean {
  return [...walk(error)].some(({ message }) => message === 'Request timed out')
}

/** Whether there was no connection, rather than an answer. */
export function unreachable(error: unknown): boolean {
  return brokerFaults(error).size === 0 && [...walk(error)].some(({ code }) => code === 'PLT_KFK_NETWORK')
}

/** The client's word for retries that were ended from outside; it is no cause. */
export function isEndOfRetries({ message }: Node): boolean {
  return message?.startsWith('Client closed while retrying') ?? false
}
