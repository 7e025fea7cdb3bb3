import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { SpikeError } from '../errors.ts'
import { Session } from './exchange_session.ts'

export interface ExchangeSocketOptions {
  /** 0, the default, takes a free one. */
  port?: number
  /** A client that asks for nothing for so long is sent away; default 5 s. */
  subscribeLimitMs?: number
  /** So many clients may be connected at once; the only one when absent, and one that comes later takes its place. */
  clients?: number
  /** Answers plain HTTP on the same port; nothing does when absent. */
  onRequest?: RequestListener
  /** More headers of the handshake, for the address at which it listens. */
  headers?: (url: string) => Record<string, string>
}

export interface ExchangeSocket {
  url: string
  /** The next client; null once the socket was closed. */
  accept(): Promise<Session | null>
  close(): Promise<void>
}

/** A WebSocket server on this machine. @throws SpikeError BAD_ARGUMENT when the port cannot be had. */
export async function openExchangeSocket(options: ExchangeSocketOptions = {}): Promise<ExchangeSocket> {
  const { port = 0, subscribeLimitMs = 5000, clients = 1, onRequest, headers = () => ({}) } = options
  const http = createServer(onRequest ?? ((_, response) => response.writeHead(426).end()))
  http.listen(port, '127.0.0.1')
  await once(http, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeError('BAD_ARGUMENT', `port ${port} cannot be had on 127.0.0.1 (${cause.code}); name another`, {
      cause,
    })
  })
  const server = new WebSocketServer({ server: http, maxPayload: 1 << 20 })
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  server.on('headers', lines => {
    for (const [name, value] of Object.entries(headers(url))) lines.push(`${name}: ${value}`)
  })
  let arrived: Session[] = []
  let newest: Session | null = null
  let closed = false
  let wake = () => {}

  server.on('connection', socket => {
    if (clients === 1) {
      newest?.terminate()
      arrived = []
    }
    newest = new Session(socket, subscribeLimitMs)
    arrived.push(newest)
    wake()
  })

  return {
    url,
    async accept() {
      while (!closed) {
        arrived = arrived.filter(session => !session.gone)
        const next = arrived.shift()
        if (next) return next
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return null
    },
    async close() {
      if (closed) return
      closed = true
      wake()
      for (const client of server.clients) client.terminate()
      server.close()
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
}
