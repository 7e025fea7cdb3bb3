import type { Micros } from '../core/events/event.ts'
import type { ConnectionFault } from './connection_faults.ts'
import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'
import { createFrameWriter, type FrameWriter } from './frame_writer.ts'
import type { MarketMessage } from './market_messages.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

export interface SimulatedClientOptions {
  socket: ExchangeSocket
  seed: number
  products: string[]
  /** By time. */
  faults: ConnectionFault[]
  /** The market waits on each connection for so many messages of the client … */
  requests: number
  /** … or until none came for so long after the first. */
  settleMs: number
  /** Number of the next connection. */
  nextConnection: () => number
  stats: { frames: number; lost: number; drops: number }
}

/** One client of the simulated exchange, over all its connections. */
export class SimulatedClient {
  /** That it is being served on. */
  session: Session | null = null
  private readonly options: SimulatedClientOptions
  private readonly faults: ConnectionFault[]
  private readonly frames: FrameWriter
  private subscriptions: Subscriptions
  private silent: Session | null = null
  private until: Micros = Number.NEGATIVE_INFINITY

  constructor(options: SimulatedClientOptions) {
    this.options = options
    this.faults = [...options.faults]
    this.frames = createFrameWriter(options.seed)
    this.subscriptions = createSubscriptions(options.products)
  }

  /** Until it is connected and subscribed, or cut off by a fault. @returns false once the socket was closed. */
  async ready(time: Micros): Promise<boolean> {
    while (time >= this.until) {
      if ((this.session === null || this.session.gone) && !(await this.connect())) return false
      const session = this.session!
      this.answer(session)
      const fault = this.faults[0]
      if (session.gone) continue
      if (this.subscriptions.empty) await session.waitForRequests(1, this.options.settleMs)
      else if (fault?.kind === 'drop' && fault.at <= time) await this.drop(session, fault)
      else break
    }
    return true
  }

  /** Sends the message if it is wanted and no fault is against it. */
  async take(message: MarketMessage): Promise<void> {
    const { session, subscriptions, faults, frames } = this
    if (session === null || message.time < this.until) return this.skip(message, false)
    const wanted = subscriptions.has(message.channel, message.channel === 'heartbeats' ? undefined : message.product)
    const isLost = wanted && faults[0]?.at <= message.time
    if (isLost) {
      faults.shift()
      frames.lose()
      this.options.stats.lost++
    } else if (wanted) this.send(session, frames.update(message))
    frames.note(message, !isLost)
    await session.room()
  }

  /** Lets market time pass unseen. */
  skip(message: MarketMessage, served: boolean): void {
    this.frames.note(message, served)
    while (this.faults[0]?.at < message.time) this.faults.shift()
  }

  private async connect(): Promise<boolean> {
    const { socket, products, requests, settleMs, nextConnection } = this.options
    await this.silent?.left()
    this.silent = null
    this.session = await socket.accept()
    if (this.session === null) return false
    this.subscriptions = createSubscriptions(products)
    await this.session.waitForRequests(requests, settleMs)
    // one that leaves without a word was no connection: what the next one gets does not hang on it
    if (this.session.asked) this.frames.connect(nextConnection())
    return true
  }

  private answer(session: Session): void {
    for (const request of session.takeRequests()) {
      const { added, error } = this.subscriptions.handle(request)
      if (error) {
        session.send(JSON.stringify({ type: 'error', message: error }))
        continue
      }
      if (added) for (const frame of this.frames.snapshots(added.channel, added.products)) this.send(session, frame)
      this.send(session, this.frames.acknowledgement(this.subscriptions.current))
    }
  }

  private send(session: Session, frame: string): void {
    session.send(frame)
    this.options.stats.frames++
  }

  /** First the client takes all that was before: what a drop costs must not hang on buffers. */
  private async drop(session: Session, fault: ConnectionFault & { kind: 'drop' }): Promise<void> {
    if (!(await session.delivered())) return
    this.options.stats.drops++
    this.until = fault.until
    while (this.faults[0]?.at < this.until) this.faults.shift()
    this.session = null
    if (fault.manner === 'close') await session.close(1001, 'going away')
    else if (fault.manner === 'abrupt') await session.terminate()
    else this.silent = session
  }
}
