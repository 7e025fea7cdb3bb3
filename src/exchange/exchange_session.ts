import type { WebSocket } from 'ws'

/** One client's connection, as the serving side sees it. */
export interface Session {
  /** The client's messages that nobody has taken yet, oldest first. */
  takeRequests(): string[]
  /** Until `count` requests have come, or after the first of them no more come for `settleMs`, or the client is gone. */
  waitForRequests(count: number, settleMs: number): Promise<void>
  send(text: string): void
  /** Until the client has taken so much that little is under way; at once most of the time. */
  room(): Promise<void>
  /** Until the client has taken everything; false when it went before. */
  delivered(): Promise<boolean>
  /** Until the client is gone. */
  left(): Promise<void>
  /** Ends with the closing handshake. */
  close(code: number, reason: string): Promise<void>
  /** Ends without it. */
  terminate(): Promise<void>
  readonly gone: boolean
}

const underWayFrames = 256
const underWayBytes = 1 << 18

/** @param subscribeLimitMs a client that asks for nothing for so long is sent away. */
export function openSession(socket: WebSocket, subscribeLimitMs: number): Session {
  const requests: string[] = []
  const sleepers: (() => void)[] = []
  let gone = false
  let frames = 0
  let bytes = 0
  let pings = 0
  let pongs = 0

  const wake = () => {
    for (const resume of sleepers.splice(0)) resume()
  }
  const limit = setTimeout(() => socket.close(1008, 'no subscription'), subscribeLimitMs)
  socket.on('message', data => {
    clearTimeout(limit)
    requests.push(data.toString())
    wake()
  })
  socket.on('pong', () => {
    pongs++
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(limit)
    gone = true
    wake()
  })

  async function until(condition: () => boolean): Promise<void> {
    while (!gone && !condition()) await new Promise<void>(resolve => sleepers.push(resolve))
  }

  // Messages and pings keep their order, so a pong says that the client has taken all before it.
  function ping(): void {
    frames = 0
    bytes = 0
    pings++
    if (!gone) socket.ping()
  }

  return {
    takeRequests: () => requests.splice(0),
    async waitForRequests(count, settleMs) {
      await until(() => requests.length > 0)
      let settled = false
      for (let seen = requests.length; seen < count && !settled && !gone; seen = requests.length) {
        const timer = setTimeout(() => {
          settled = true
          wake()
        }, settleMs)
        await until(() => settled || requests.length > seen)
        clearTimeout(timer)
      }
    },
    send(text) {
      if (gone) return
      socket.send(text)
      frames++
      bytes += text.length
    },
    async room() {
      if (frames < underWayFrames && bytes < underWayBytes) return
      ping()
      await until(() => pongs >= pings - 1)
    },
    async delivered() {
      ping()
      const wanted = pings
      await until(() => pongs >= wanted)
      return pongs >= wanted
    },
    left: () => until(() => false),
    async close(code, reason) {
      socket.close(code, reason)
      await until(() => false)
    },
    async terminate() {
      socket.terminate()
      await until(() => false)
    },
    get gone() {
      return gone
    },
  }
}
