import type { ServerResponse } from 'node:http'
import { type EventLog, encodePlaces, type Places, placeOf, type ServedEvent } from './event_log.ts'

interface Listener {
  response: ServerResponse
  product: string | null
}

/** So much may wait for a browser that does not read; beyond it the stream is ended, and the browser comes back with its id. */
const mostWaiting = 1 << 20
const heartbeatMs = 15_000

/** The open streams of /events: each gets what comes, and after a reconnect what it has missed. */
export class EventStreams {
  private readonly log: EventLog
  private readonly most: number
  private readonly listeners = new Set<Listener>()
  private readonly heartbeat: NodeJS.Timeout

  constructor(log: EventLog, most = 1200) {
    this.log = log
    this.most = most
    this.heartbeat = setInterval(() => {
      for (const one of this.listeners) this.write(one, ': still here\n\n')
    }, heartbeatMs)
    this.heartbeat.unref()
  }

  get size(): number {
    return this.listeners.size
  }

  get isFull(): boolean {
    return this.listeners.size >= this.most
  }

  /**
   * @param seen of the browser's last id; null for one that comes first.
   * @param hello what it is told at the beginning, JSON.
   */
  open(response: ServerResponse, product: string | null, seen: Places | null, hello: string): void {
    const one = { response, product }
    response.on('error', () => {})
    response.on('close', () => this.listeners.delete(one))
    this.listeners.add(one)
    const missed = seen === null ? [] : this.log.after(seen)
    const id = encodePlaces(seen !== null && missed !== null ? seen : this.log.next)
    this.write(one, `retry: 1000\nid: ${id}\nevent: hello\ndata: ${hello}\n\n`)
    if (missed === null) this.write(one, 'event: reset\ndata: {"reason":"what came in between is no longer here"}\n\n')
    const places = new Map(seen)
    for (const event of missed ?? []) {
      places.set(placeOf(event.kind, event.partition), event.offset + 1)
      if (isFor(one, event)) this.write(one, block(event, encodePlaces(places)))
    }
  }

  /** Just added to the log. */
  publish(event: ServedEvent): void {
    if (this.listeners.size === 0) return
    const text = block(event, encodePlaces(this.log.next))
    for (const one of this.listeners) if (isFor(one, event)) this.write(one, text)
  }

  close(): void {
    clearInterval(this.heartbeat)
    for (const { response } of this.listeners) response.destroy()
  }

  private write(one: Listener, text: string): void {
    if (one.response.destroyed) return
    one.response.write(text)
    if (one.response.writableLength <= mostWaiting) return
    this.listeners.delete(one)
    one.response.destroy()
  }
}

function isFor({ product }: Listener, event: ServedEvent): boolean {
  return product === null || product === event.product
}

/** JSON has no line breaks. */
function block({ kind, data }: ServedEvent, id: string): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${data}\n\n`
}
