import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One connection that asks and waits for the whole answer. */
class Asker {
  private readonly socket: Socket
  private held: Buffer = Buffer.alloc(0)
  private answered: ((status: number) => void) | null = null

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', data => this.take(data))
    socket.on('error', () => this.answered?.(0))
    socket.on('close', () => this.answered?.(0))
  }

  static async open(port: number): Promise<Asker> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Asker(socket)
  }

  /** @returns the status; 0 where the connection is gone. */
  ask(path: string, client: number): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0)
    const from = `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: ${from}\r\n\r\n`)
    return new Promise(resolve => {
      this.answered = resolve
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private take(data: Buffer): void {
    this.held = this.held.length === 0 ? data : Buffer.concat([this.held, data])
    const head = this.held.indexOf('\r\n\r\n')
    if (head === -1) return
    const text = this.held.toString('latin1', 0, head)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
    if (this.held.length < head + 4 + length) return
    this.held = Buffer.alloc(0)
    const answered = this.answered
    this.answered = null
    answered?.(Number(text.slice(9, 12)))
  }
}

/** Each client may ask a hundred times a minute: so requests come of ever other ones. */
let client = 0
const nextClient = (): number => client++ >> 6

function mustBe200(status: number, path: string): void {
  if (status !== 200) throw new Error(`${path} answered ${status}`)
}

/** Asks as fast as answers come, over some connections, each path in turn. */
export async function askAtOnce(port: number, paths: string[], requests: number, connections = 8): Promise<void> {
  let asked = 0
  const one = async (): Promise<void> => {
    const asker = await Asker.open(port)
    while (asked < requests) {
      const path = paths[asked++ % paths.length]
      mustBe200(await asker.ask(path, nextClient()), path)
    }
    asker.close()
  }
  await Promise.all(Array.from({ length: connections }, one))
}

/** Asks at a rate whatever the answers do. @returns milliseconds from when each was due until its answer was whole. */
export async function askAtRate(port: number, paths: string[], rate: number, seconds: number): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: 64 }, () => Asker.open(port)))
  const [all, waiting, took] = [[...idle], [] as number[], [] as number[]]
  const total = rate * seconds
  const begun = performance.now()
  let sent = 0
  const dueAt = (i: number): number => begun + (1000 * i) / rate
  const send = async (i: number): Promise<void> => {
    // the one that has waited longest, so that no server ends one for its silence
    const asker = idle.shift()
    if (asker === undefined) {
      waiting.push(i)
      return
    }
    mustBe200(await asker.ask(paths[i % paths.length], nextClient()), paths[i % paths.length])
    took.push(performance.now() - dueAt(i))
    idle.push(asker)
    const next = waiting.shift()
    if (next !== undefined) await send(next)
  }
  const under: Promise<void>[] = []
  while (sent < total) {
    while (sent < total && dueAt(sent) <= performance.now()) under.push(send(sent++))
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await Promise.all(under)
  for (const asker of all) asker.close()
  return took
}

/** Opens event streams, one after the other, and counts the predictions that arrive on each. */
export async function openStreamsOfEvents(port: number, count: number): Promise<{ received(): number; close(): void }> {
  const streams: EventStream[] = []
  while (streams.length < count) streams.push(await EventStream.open(port))
  return {
    received: () => Math.min(...streams.map(({ records }) => records)),
    close() {
      for (const stream of streams) stream.close()
    },
  }
}

const mark = '\nevent: prediction\n'

class EventStream {
  records = 0
  private readonly socket: Socket
  private held = ''

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', data => {
      const parts = `${this.held}${data.toString('latin1')}`.split(mark)
      this.records += parts.length - 1
      this.held = parts.at(-1)!.slice(1 - mark.length)
    })
  }

  /** @returns once the server has answered. */
  static async open(port: number): Promise<EventStream> {
    const socket = connect({ port, host: '127.0.0.1' })
    await once(socket, 'connect')
    socket.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    const stream = new EventStream(socket)
    await once(socket, 'data', { signal: AbortSignal.timeout(30_000) })
    return stream
  }

  close(): void {
    this.socket.destroy()
  }
}
