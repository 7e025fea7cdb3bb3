import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'

export interface ConnectionOptions {
  url: string
  /** Of the handshake. */
  headers?: Record<string, string>
  /** Sent once, before anything else. */
  logIn?: string[]
  /** Sent as soon as the connection is open. */
  requests: string[]
  /** Sees what the server says of itself before the connection is open; what it throws ends the connection. */
  onHandshake?(headers: IncomingHttpHeaders): void
  /** The server answers the handshake with this status of HTTP. */
  onRefusal?(status: number): void
  /** Without any message for so long it is dead. */
  staleAfterMs: number
  /** An answer to a ping of ours is as good as a message. */
  quiet?: boolean
  /** What happens, by the connection's name. After `stale` comes `close`. What a handler throws ends the connection. */
  on: {
    open(connection: string): void
    message(connection: string, text: string): void
    stale(connection: string): void
    close(connection: string): void
  }
  log: Logger
}

/** How a connection ended. */
export interface Ending {
  /** How long it was open; null when it never was. */
  lived_ms: number | null
  /** Of the closing handshake, where there was one. */
  code: number
  reason: string
  /** What a handler threw. */
  failure?: unknown
}

/** A level-2 snapshot alone may have 5 MB; of 16 MiB of garbage the parser makes seconds of work. */
const maxPayload = 16 << 20
/** For all of it, TLS and the answer included: one that comes byte by byte ends, too. */
const handshakeMs = 10_000
const closingMs = 2000

/** One connection to an exchange: opens, logs in, subscribes, watches for silence. */
export class Connection {
  private readonly options: ConnectionOptions
  private readonly socket: WebSocket
  private readonly onEnd: (ending: Ending) => void
  private name: string | null = null
  private openedAt = 0
  private messages = 0
  private readonly connecting: NodeJS.Timeout
  private silence: NodeJS.Timeout | undefined
  private pings: NodeJS.Timeout | undefined
  private closing = false
  private failure: unknown

  /** @param nameOf asked for once, when it is open. */
  constructor(options: ConnectionOptions, nameOf: () => string, onEnd: (ending: Ending) => void) {
    this.options = options
    this.onEnd = onEnd
    const socket = new WebSocket(options.url, { maxPayload, headers: options.headers })
    this.socket = socket
    this.connecting = setTimeout(() => this.giveUp(), handshakeMs)
    socket.on('upgrade', ({ headers }) => this.attempt(() => options.onHandshake?.(headers)))
    socket.on('open', () => this.opened(nameOf()))
    socket.on('message', data => {
      this.messages++
      this.silence?.refresh()
      this.tell((name, on) => on.message(name, data.toString()))
    })
    socket.on('pong', () => this.options.quiet && this.silence?.refresh())
    socket.on('error', error => {
      const reason = error.message || (error as NodeJS.ErrnoException).code
      if (!this.closing && this.failure === undefined) options.log.warn({ url: options.url, reason }, 'socket error')
      const status = /^Unexpected server response: (\d+)$/.exec(reason ?? '')?.[1]
      if (status !== undefined) options.onRefusal?.(Number(status))
    })
    socket.on('close', (code, reason) => this.ended(code, reason.toString()))
  }

  /** Sends the requests once more, if it is open. */
  ask(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    for (const request of this.options.requests) this.socket.send(request)
  }

  /** Shuts down with the closing handshake; what still arrives meanwhile is handed on. */
  close(): void {
    this.closing = true
    if (this.socket.readyState === WebSocket.CONNECTING) this.socket.terminate()
    else {
      this.socket.close(1000)
      const limit = setTimeout(() => this.socket.terminate(), closingMs)
      this.socket.once('close', () => clearTimeout(limit))
    }
  }

  private giveUp(): void {
    const { url, log } = this.options
    log.warn({ url, after_ms: handshakeMs }, 'no connection within this time')
    this.closing = true
    this.socket.terminate()
  }

  private opened(name: string): void {
    clearTimeout(this.connecting)
    const { url, staleAfterMs, logIn = [], log } = this.options
    this.name = name
    this.openedAt = performance.now()
    this.silence = setTimeout(() => this.suspect(), staleAfterMs)
    if (this.options.quiet) this.pings = setInterval(() => this.socket.ping(), staleAfterMs / 2)
    log.info({ connection: name, url }, 'connected')
    this.tell((_, on) => on.open(name))
    for (const message of logIn) this.socket.send(message)
    this.ask()
  }

  /** Data may wait unread after a busy stretch: it is read before the verdict. */
  private suspect(): void {
    const before = this.messages
    setImmediate(() => {
      if (this.socket.readyState !== WebSocket.OPEN || this.messages > before) return
      const { staleAfterMs, log } = this.options
      log.warn({ connection: this.name, silent_ms: staleAfterMs }, 'no message: the connection is dead')
      this.tell((name, on) => on.stale(name))
      this.socket.terminate()
    })
  }

  private ended(code: number, reason: string): void {
    clearTimeout(this.connecting)
    clearTimeout(this.silence)
    clearInterval(this.pings)
    const isOpen = this.name !== null
    if (isOpen) this.options.log.info({ connection: this.name, code, reason }, 'closed')
    this.tell((name, on) => on.close(name))
    const lived_ms = isOpen ? performance.now() - this.openedAt : null
    this.onEnd({ lived_ms, code, reason, failure: this.failure })
  }

  private tell(what: (name: string, on: ConnectionOptions['on']) => void): void {
    const { name } = this
    if (name !== null) this.attempt(() => what(name, this.options.on))
  }

  private attempt(what: () => void): void {
    try {
      what()
    } catch (error) {
      this.failure ??= error
      this.socket.terminate()
    }
  }
}
