import type { Config } from '../config.ts'
import { asObject, parseJson } from '../market/feeds/reading.ts'
import { simulatedMark } from '../market/socket/simulated_mark.ts'
import { type ConnectionFault, scheduleFaults } from './connection_faults.ts'
import { serveOn } from './end_of_market.ts'
import { type EquityFrame, equityOpen, simulateEquities } from './equity_market.ts'
import type { Session } from './exchange_session.ts'
import { type ExchangeSocket, openExchangeSocket } from './exchange_socket.ts'
import { playFrames } from './play_frames.ts'
import type { Simulator, SimulatorStats } from './simulator.ts'

export interface PolygonExchangeOptions {
  settings: Config['simulated_stocks'] & { seed: number }
  /** The only one that is let in; any is when absent. */
  key?: string
  port?: number
  /** Market seconds a second; as fast as the client takes it when absent. */
  speed?: number
  /** Drops, by time; from the seed when absent. A loss is nothing here: frames have no numbers. */
  faults?: ConnectionFault[]
}

/**
 * A simulated exchange on this machine that speaks Massive's stocks socket: greets, wants a login, acknowledges each parameter
 * once, then sends lists of quotes, trades and bars. As on the other one, market time stands still while the client is missing
 * or not subscribed, unless a drop has cut it off: what it gets is decided by the seed alone.
 */
export async function startPolygonExchange(options: PolygonExchangeOptions): Promise<Omit<Simulator, 'rest'>> {
  const { settings, port, key } = options
  const stats: SimulatorStats = { connections: 0, frames: 0, lost: 0, drops: 0, time: equityOpen }
  const socket = await openExchangeSocket({ port, headers: () => ({ [simulatedMark]: '' }) })
  const faults = options.faults ?? scheduleFaults(settings.seed, equityOpen, settings.minutes / 60)
  const drops = faults.filter(({ kind }) => kind === 'drop') as DropFault[]
  const client = new PolygonClient({ socket, key, tickers: Object.keys(settings.products) }, drops, stats)

  const { seed, trades_per_s, products: tickers } = settings
  const frames = simulateEquities({ seed, trades_per_s, tickers, seconds: Math.round(60 * settings.minutes) })
  return { ...serveOn(socket, () => playFrames(frames, client, stats, options.speed)), stats }
}

type DropFault = ConnectionFault & { kind: 'drop' }

/** The client's messages come in a row: after so long without another one it has said what it wants. */
const settleMs = 100

const status = (state: string, message: string) => ({ ev: 'status', status: state, message })

/** Its one client, over all connections. */
class PolygonClient {
  session: Session | null = null
  private readonly options: Pick<PolygonExchangeOptions, 'key'> & { socket: ExchangeSocket; tickers: string[] }
  private readonly drops: DropFault[]
  private readonly stats: SimulatorStats
  private loggedIn = false
  private wanted = new Set<unknown>()
  private until = Number.NEGATIVE_INFINITY

  constructor(options: PolygonClient['options'], drops: DropFault[], stats: SimulatorStats) {
    this.options = options
    this.drops = [...drops]
    this.stats = stats
  }

  /** Until it is connected, logged in and subscribed, or cut off by a drop. @returns false once the socket was closed. */
  async ready(time: number): Promise<boolean> {
    while (time >= this.until) {
      if ((this.session === null || this.session.gone) && !(await this.connect())) return false
      const session = this.session!
      for (const request of session.takeRequests()) await this.answer(session, request)
      if (session.gone) continue
      if (this.wanted.size === 0) await session.waitForRequests(1, settleMs)
      else if (this.drops[0]?.at <= time) await this.drop(session, this.drops.shift()!)
      else break
    }
    return true
  }

  /** Sends what of the frame is asked for, as one list. */
  async take({ time, items }: EquityFrame): Promise<void> {
    const { session } = this
    if (session === null || time < this.until) return
    const wanted = items.filter(({ ev, sym }) => this.wanted.has(`${ev}.${sym}`))
    if (wanted.length > 0) this.send(session, wanted)
    await session.room()
  }

  private async connect(): Promise<boolean> {
    this.session = await this.options.socket.accept()
    if (this.session === null) return false
    this.stats.connections++
    this.loggedIn = false
    this.wanted = new Set()
    this.send(this.session, [status('connected', 'Connected Successfully')])
    await this.session.waitForRequests(Number.POSITIVE_INFINITY, settleMs)
    return true
  }

  private async answer(session: Session, text: string): Promise<void> {
    const { action, params } = asObject(parseJson(text)) ?? {}
    const { key = params, tickers } = this.options
    if (action === 'auth' && params === key && params !== '') {
      this.loggedIn = true
      this.send(session, [status('auth_success', 'authenticated')])
    } else if (action === 'auth' || !this.loggedIn) {
      this.send(session, [status('auth_failed', 'authentication failed')])
      await session.close(1008, 'authentication failed')
    } else if (action === 'subscribe')
      for (const param of String(params).split(','))
        if (tickers.includes(param.slice(param.indexOf('.') + 1)) && !this.wanted.has(param)) {
          this.wanted.add(param)
          this.send(session, [status('success', `subscribed to: ${param}`)])
        } else this.send(session, [status('error', `invalid or doubled subscription: ${param}`)])
    else this.send(session, [status('error', 'unknown action')])
  }

  private send(session: Session, items: object[]): void {
    session.send(JSON.stringify(items))
    this.stats.frames++
  }

  private async drop(session: Session, { until, manner }: DropFault): Promise<void> {
    if (!(await session.delivered())) return
    this.stats.drops++
    this.until = until
    this.session = null
    if (manner === 'close') await session.close(1001, 'going away')
    else await session.terminate()
  }
}
