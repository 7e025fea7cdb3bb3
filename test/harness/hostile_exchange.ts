import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** One client's connection as the hostile side holds it. */
export interface Guest {
  socket: WebSocket
  /** The TCP connection below it. */
  wire: Socket
  /** What the client asked for so far; grows. */
  requests: string[]
  /** Until it has asked for so many things. */
  asked(count: number): Promise<void>
  send(...texts: string[]): Promise<void>
  gone: Promise<unknown>
}

export type Script = (guest: Guest) => Promise<void> | void

export interface HostileExchange {
  url: string
  guests: Guest[]
  close(): Promise<void>
}

/**
 * A server that does with its n-th connection what the n-th script says, the last one from there on.
 * @param refusals so many upgrades are answered with 429 before that.
 */
export async function startHostileExchange(scripts: Script[], refusals = 0): Promise<HostileExchange> {
  const http: Server = createServer()
  const server = new WebSocketServer({ noServer: true })
  const guests: Guest[] = []
  let refused = 0
  http.on('upgrade', (request, wire: Socket, head) => {
    if (refused++ < refusals) {
      wire.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    server.handleUpgrade(request, wire, head, socket => {
      const requests: string[] = []
      let wake = () => {}
      socket.on('message', data => {
        requests.push(data.toString())
        wake()
      })
      socket.on('error', () => {})
      const gone = once(socket, 'close')
      gone.then(() => wake())
      const guest: Guest = {
        socket,
        wire,
        requests,
        gone,
        async asked(count) {
          while (requests.length < count && socket.readyState === socket.OPEN)
            await new Promise<void>(resolve => {
              wake = resolve
            })
        },
        async send(...texts) {
          for (const text of texts) await new Promise<void>(resolve => socket.send(text, () => resolve()))
        },
      }
      const script = scripts[Math.min(guests.push(guest), scripts.length) - 1]
      void script(guest)
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    guests,
    async close() {
      for (const { socket } of guests) socket.terminate()
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
}
