import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import { endOfMarket } from '../../exchange/end_of_market.ts'
import { type BackoffOptions, createBackoff } from './backoff.ts'

export interface SocketOptions {
  url: string
  /** Sent as soon as a connection is open. */
  requests: string[]
  /** Name of the n-th connection, from 1. */
  nameOf: (n: number) => string
  /** Without any message for so long a connection is dead. */
  staleAfterMs: number
  backoff: BackoffOptions
  /** Uniform in [0, 1), spreads the waits. */
  random: () => number
  /** A handler that throws ends the socket: `ended` rejects. After `stale` comes `close`. */
  on: {
    open(connection: string): void
    message(connection: string, text: string): void
    stale(connection: string): void
    close(connection: string): void
  }
  log: Logger
}

export interface MarketSocket {
  /** Resolves after `close`, or when the server said that the market is over. */
  ended: Promise<void>
  /** Sends the requests once more on the connection that is open, if one is. */
  ask(): void
  /** Shuts down with the closing handshake; what still arrives meanwhile is handed on. */
  close(): void
}

/** A level-2 snapshot alone may have 5 MB. */
const maxPayload = 32 << 20
const handshakeMs = 10_000
const closingMs = 2000

/** A connection that comes back: waits with jitter, opens, subscribes, watches for silence. Never more than one at a time. */
export function openSocket(options: SocketOptions): MarketSocket {
  const { url, requests, nameOf, staleAfterMs, on, log } = options
  const backoff = createBackoff(options.backoff, options.random)
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let socket: WebSocket | null = null
  let waiting: NodeJS.Timeout | undefined
  let stopping = false
  let opened = 0

  function connect(): void {
    const current = new WebSocket(url, { maxPayload, handshakeTimeout: handshakeMs })
    socket = current
    let connection: string | null = null
    let openedAt = 0
    let messages = 0
    let silence: NodeJS.Timeout | undefined

    const guard = (work: () => void) => {
      try {
        work()
      } catch (error) {
        stopping = true
        reject(error)
        current.terminate()
      }
    }

    /** Data may wait unread after a busy stretch: it is read before the verdict. */
    function suspect(): void {
      const before = messages
      setImmediate(() => {
        if (connection === null || current.readyState !== WebSocket.OPEN) return
        if (messages > before) return
        const name = connection
        log.warn({ connection: name, silent_ms: staleAfterMs }, 'no message: the connection is dead')
        guard(() => on.stale(name))
        current.terminate()
      })
    }

    current.on('open', () => {
      const name = nameOf(++opened)
      connection = name
      openedAt = performance.now()
      silence = setTimeout(suspect, staleAfterMs)
      log.info({ connection: name, url }, 'connected')
      guard(() => on.open(name))
      for (const request of requests) current.send(request)
    })
    current.on('message', data => {
      messages++
      silence?.refresh()
      const name = connection
      if (name !== null) guard(() => on.message(name, data.toString()))
    })
    current.on('error', error => {
      if (!stopping) log.warn({ url, reason: error.message || (error as NodeJS.ErrnoException).code }, 'socket error')
    })
    current.on('close', (code, reason) => {
      clearTimeout(silence)
      if (connection !== null) {
        const name = connection
        log.info({ connection: name, code, reason: reason.toString() }, 'closed')
        backoff.lived(performance.now() - openedAt)
        guard(() => on.close(name))
      }
      if (stopping || (code === 1000 && reason.toString() === endOfMarket)) resolve()
      else waiting = setTimeout(connect, backoff.next())
    })
  }

  connect()
  return {
    ended,
    ask() {
      if (socket?.readyState === WebSocket.OPEN) for (const request of requests) socket.send(request)
    },
    close() {
      if (stopping) return
      stopping = true
      clearTimeout(waiting)
      if (socket === null || socket.readyState === WebSocket.CLOSED) resolve()
      else if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else {
        const last = socket
        last.close(1000)
        const limit = setTimeout(() => last.terminate(), closingMs)
        last.once('close', () => clearTimeout(limit))
      }
    },
  }
}
