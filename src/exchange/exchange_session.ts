import type { WebSocket } from 'ws'

const underWayFrames = 256
const underWayBytes = 1 << 18

/** One client's connection, as the serving side sees it. */
export class Session {
  gone = false
  /** It has asked for something, once at least. */
  asked = false
  private readonly socket: WebSocket
  private readonly requests: string[] = []
  private readonly sleepers: (() => void)[] = []
  private frames = 0
  private bytes = 0
  private pings = 0
  private pongs = 0

  /** @param subscribeLimitMs a client that asks for nothing for so long is sent away. */
  constructor(socket: WebSocket, subscribeLimitMs: number) {
    this.socket = socket
    const limit = setTimeout(() => socket.close(1008, 'no subscription'), subscribeLimitMs)
    socket.on('message', data => {
      clearTimeout(limit)
      this.asked = true
      this.requests.push(data.toString())
      this.wake()
    })
    socket.on('pong', () => {
      this.pongs++
      this.wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(limit)
      this.gone = true
      this.wake()
    })
  }

  /** The client's messages that nobody has taken yet, oldest first. */
  takeRequests(): string[] {
    return this.requests.splice(0)
  }

  /** Until `count` requests have come, or after the first of them no more come for `settleMs`, or the client is gone. */
  async waitForRequests(count: number, settleMs: number): Promise<void> {
    const { requests } = this
    await this.until(() => requests.length > 0)
    let settled = false
    for (let seen = requests.length; seen < count && !settled && !this.gone; seen = requests.length) {
      const timer = setTimeout(() => {
        settled = true
        this.wake()
      }, settleMs)
      await this.until(() => settled || requests.length > seen)
      clearTimeout(timer)
    }
  }

  send(text: string): void {
    if (this.gone) return
    this.socket.send(text)
    this.frames++
    this.bytes += text.length
  }

  /** Until the client has taken so much that little is under way; at once most of the time. */
  async room(): Promise<void> {
    if (this.frames < underWayFrames && this.bytes < underWayBytes) return
    this.ping()
    await this.until(() => this.pongs >= this.pings - 1)
  }

  /** Until the client has taken everything; false when it went before. */
  async delivered(): Promise<boolean> {
    this.ping()
    const wanted = this.pings
    await this.until(() => this.pongs >= wanted)
    return this.pongs >= wanted
  }

  /** Until the client is gone. */
  left(): Promise<void> {
    return this.until(() => false)
  }

  /** Ends with the closing handshake. */
  close(code: number, reason: string): Promise<void> {
    this.socket.close(code, reason)
    return this.left()
  }

  /** Ends without it. */
  terminate(): Promise<void> {
    this.socket.terminate()
    return this.left()
  }

  /** Messages and pings keep their order, so a pong says that the client has taken all before it. */
  private ping(): void {
    this.frames = 0
    this.bytes = 0
    this.pings++
    if (!this.gone) this.socket.ping()
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!this.gone && !condition()) await new Promise<void>(resolve => this.sleepers.push(resolve))
  }

  private wake(): void {
    for (const resume of this.sleepers.splice(0)) resume()
  }
}
