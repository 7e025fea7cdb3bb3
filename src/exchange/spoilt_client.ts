import type { Micros } from '../core/events/event.ts'
import type { ConnectionFault } from './connection_faults.ts'
import type { Session } from './exchange_session.ts'
import type { ExchangeSocket } from './exchange_socket.ts'
import { createRandom, type Random } from './random.ts'
import type { SimulatorStats } from './simulator.ts'

/** One message of a market, before anything goes wrong with it. */
export interface MarketFrame {
  time: Micros
  /** What a client asks for to get it. */
  topic: string
  text: string
}

/** How an exchange is asked. */
export interface Protocol {
  /** What every client gets without asking. */
  given: readonly string[]
  /** The market waits on each connection for so many messages of the client. */
  requests: number
  /** Adds to and takes from what is wanted. @returns what the client is told. */
  handle(request: string, wanted: Set<string>): string
}

export interface SpoiltClientOptions {
  socket: ExchangeSocket
  protocol: Protocol
  seed: number
  /** By time. */
  faults: ConnectionFault[]
  stats: SimulatorStats
}

const settleMs = 2000
/** Of the frames, one in so many comes twice; another one in so many is followed by garbage. */
const repeatEvery = 1500
const garbageEvery = 2500

/** The one client of a simulated exchange, over all its connections, and all that goes wrong with them: by the seed alone. */
export class SpoiltClient {
  session: Session | null = null
  private readonly options: SpoiltClientOptions
  private readonly faults: ConnectionFault[]
  private readonly random: Random
  private wanted = new Set<string>()
  private until: Micros = Number.NEGATIVE_INFINITY

  constructor(options: SpoiltClientOptions) {
    this.options = options
    this.faults = [...options.faults].sort((a, b) => a.at - b.at)
    this.random = createRandom(options.seed, 'spoilt frames')
  }

  /** Until it is connected and wants something, or is cut off by a drop. @returns false once the socket was closed. */
  async ready(time: Micros): Promise<boolean> {
    while (time >= this.until) {
      if ((this.session === null || this.session.gone) && !(await this.connect())) return false
      const session = this.session!
      for (const request of session.takeRequests()) this.send(this.options.protocol.handle(request, this.wanted))
      const fault = this.faults[0]
      if (session.gone) continue
      if (this.wanted.size === 0) await session.waitForRequests(1, settleMs)
      else if (fault?.kind === 'drop' && fault.at <= time) await this.drop(session, fault)
      else break
    }
    return true
  }

  async take({ time, topic, text }: MarketFrame): Promise<void> {
    const { session, faults, options, random } = this
    if (session === null || time < this.until || !this.wanted.has(topic)) return
    if (faults[0]?.kind === 'loss' && faults[0].at <= time) {
      faults.shift()
      options.stats.lost++
      return
    }
    this.send(text)
    if (random.uniform() < 1 / repeatEvery) this.send(text)
    if (random.uniform() < 1 / garbageEvery) this.send(garbage(text, random))
    await session.room()
  }

  private async connect(): Promise<boolean> {
    const { socket, protocol, stats } = this.options
    this.session = await socket.accept()
    if (this.session === null) return false
    stats.connections++
    this.wanted = new Set(protocol.given)
    if (protocol.requests > 0) await this.session.waitForRequests(protocol.requests, settleMs)
    return true
  }

  private send(text: string): void {
    this.session?.send(text)
    this.options.stats.frames++
  }

  /** First the client takes all that was before: what a drop costs must not hang on buffers. */
  private async drop(session: Session, { until, manner }: ConnectionFault & { kind: 'drop' }): Promise<void> {
    if (!(await session.delivered())) return
    this.options.stats.drops++
    this.until = until
    while (this.faults[0]?.at < until) this.faults.shift()
    this.session = null
    if (manner === 'close') await session.close(1001, 'going away')
    else await session.terminate()
  }
}

/** What no exchange should send, and some have sent. */
function garbage(text: string, random: Random): string {
  const kinds = [text.slice(0, text.length >> 1), '<html>502 Bad Gateway</html>', '{}', '[]', 'null', '{"e":7}']
  return kinds[random.whole(kinds.length)]
}
