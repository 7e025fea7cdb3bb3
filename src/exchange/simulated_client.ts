import type { Micros } from '../core/events/event.ts'
import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'
import type { Fault } from './faults.ts'
import { createFrames } from './frames.ts'
import type { TapeMessage } from './market_messages.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

export interface SimulatedClientOptions {
  socket: ExchangeSocket
  seed: number
  products: string[]
  /** By time. */
  faults: Fault[]
  /** The market waits on each connection for so many messages of the client … */
  requests: number
  /** … or until none came for so long after the first. */
  settleMs: number
  /** Number of the next connection. */
  nextConnection: () => number
  stats: { frames: number; lost: number; drops: number }
}

/** One client of the simulated exchange, over all its connections. */
export interface SimulatedClient {
  /** Until it is connected and subscribed, or cut off by a fault. @returns false once the socket was closed. */
  ready(time: Micros): Promise<boolean>
  /** Sends the message if it is wanted and no fault is against it. */
  take(message: TapeMessage): Promise<void>
  /** Lets market time pass unseen. */
  skip(message: TapeMessage, served: boolean): void
  /** Whether it is being served. */
  readonly session: Session | null
}

export function createSimulatedClient(options: SimulatedClientOptions): SimulatedClient {
  const { socket, requests, settleMs, stats } = options
  const faults = [...options.faults]
  const frames = createFrames(options.seed)
  let session: Session | null = null
  let silent: Session | null = null
  let subscriptions: Subscriptions = createSubscriptions(options.products)
  let until: Micros = Number.NEGATIVE_INFINITY

  async function connect(): Promise<boolean> {
    await silent?.left()
    silent = null
    session = await socket.accept()
    if (session === null) return false
    subscriptions = createSubscriptions(options.products)
    frames.connect(options.nextConnection())
    await session.waitForRequests(requests, settleMs)
    return true
  }

  function answer(client: Session): void {
    for (const request of client.takeRequests()) {
      const { added, error } = subscriptions.handle(request)
      if (error) {
        client.send(JSON.stringify({ type: 'error', message: error }))
        continue
      }
      if (added) for (const frame of frames.snapshots(added.channel, added.products)) send(client, frame)
      send(client, frames.acknowledgement(subscriptions.current))
    }
  }

  function send(client: Session, frame: string): void {
    client.send(frame)
    stats.frames++
  }

  /** First the client takes all that was before: what a drop costs must not hang on buffers. */
  async function drop(client: Session, fault: Fault & { kind: 'drop' }): Promise<void> {
    if (!(await client.delivered())) return
    stats.drops++
    until = fault.until
    while (faults[0]?.at < until) faults.shift()
    session = null
    if (fault.manner === 'close') await client.close(1001, 'going away')
    else if (fault.manner === 'abrupt') await client.terminate()
    else silent = client
  }

  async function ready(time: Micros): Promise<boolean> {
    while (time >= until) {
      if ((session === null || session.gone) && !(await connect())) return false
      const client = session!
      answer(client)
      const fault = faults[0]
      if (client.gone) continue
      if (subscriptions.empty) await client.waitForRequests(1, settleMs)
      else if (fault?.kind === 'drop' && fault.at <= time) await drop(client, fault)
      else break
    }
    return true
  }

  function skip(message: TapeMessage, served: boolean): void {
    frames.note(message, served)
    while (faults[0]?.at < message.time) faults.shift()
  }

  async function take(message: TapeMessage): Promise<void> {
    if (session === null || message.time < until) return skip(message, false)
    const wanted = subscriptions.has(message.channel, message.channel === 'heartbeats' ? undefined : message.product)
    const isLost = wanted && faults[0]?.at <= message.time
    if (isLost) {
      faults.shift()
      frames.lose()
      stats.lost++
    } else if (wanted) send(session, frames.update(message))
    frames.note(message, !isLost)
    await session.room()
  }

  return {
    ready,
    take,
    skip,
    get session() {
      return session
    },
  }
}
