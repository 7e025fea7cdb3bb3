import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { openSession, type Session } from './exchange_session.ts'

export interface ExchangeSocket {
  url: string
  /** The next client; null once the socket was closed. A client that comes while another is served takes its place. */
  accept(): Promise<Session | null>
  close(): Promise<void>
}

/**
 * A WebSocket server on this machine that serves one client at a time.
 * @param port 0 takes a free one.
 * @param subscribeLimitMs a client that asks for nothing for so long is sent away.
 */
export async function openExchangeSocket(port = 0, subscribeLimitMs = 5000): Promise<ExchangeSocket> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: 1 << 20 })
  await once(server, 'listening')
  let newest: Session | null = null
  let closed = false
  let wake = () => {}

  server.on('connection', socket => {
    newest?.terminate()
    newest = openSession(socket, subscribeLimitMs)
    wake()
  })

  let handedOut: Session | null = null
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async accept() {
      while (!closed && (newest === null || newest === handedOut || newest.gone))
        await new Promise<void>(resolve => {
          wake = resolve
        })
      if (closed) return null
      handedOut = newest
      return handedOut
    },
    async close() {
      if (closed) return
      closed = true
      wake()
      for (const client of server.clients) client.terminate()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
