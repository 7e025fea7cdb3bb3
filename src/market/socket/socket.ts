import { type BackoffOptions, createBackoff } from './backoff.ts'
import { Connection, type ConnectionOptions } from './connection.ts'

export interface SocketOptions extends ConnectionOptions {
  /** Name of the n-th connection, from 1. */
  nameOf: (n: number) => string
  backoff: BackoffOptions
  /** Uniform in [0, 1), spreads the waits. */
  random: () => number
}

export interface MarketSocket {
  /** Resolves after `close`, or when the server said that the market is over; rejects with what a handler threw. */
  ended: Promise<void>
  /** Sends the requests once more on the connection that is open, if one is. */
  ask(): void
  /** Shuts down with the closing handshake; what still arrives meanwhile is handed on. */
  close(): void
}

/** Reason of the normal close (code 1000) by which a pretended exchange says that nothing follows. */
export const endOfMarket = 'end of market'

/** A connection that comes back, with waits that grow and have jitter. Never more than one at a time. */
export function openSocket({ nameOf, backoff: waits, random, ...options }: SocketOptions): MarketSocket {
  const backoff = createBackoff(waits, random)
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let connection: Connection | null = null
  let waiting: NodeJS.Timeout | undefined
  let stopping = false
  let opened = 0

  function connect(): void {
    connection = new Connection(
      options,
      () => nameOf(++opened),
      ({ lived_ms, code, reason, failure }) => {
        connection = null
        if (lived_ms !== null) backoff.lived(lived_ms)
        if (failure !== undefined) reject(failure)
        else if (stopping || (code === 1000 && reason === endOfMarket)) resolve()
        else waiting = setTimeout(connect, backoff.next())
      },
    )
  }

  connect()
  return {
    ended,
    ask: () => connection?.ask(),
    close() {
      if (stopping) return
      stopping = true
      clearTimeout(waiting)
      if (connection === null) resolve()
      else connection.close()
    },
  }
}
