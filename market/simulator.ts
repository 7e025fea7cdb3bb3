import type { Config } from '../config.ts'
import type { Micros } from '../features/event.ts'
import { sayEnd, turnAway } from './end_of_market.ts'
import type { Session } from './exchange_session.ts'
import { openExchangeSocket } from './exchange_socket.ts'
import { type Fault, scheduleFaults } from './faults.ts'
import { createFrames } from './frames.ts'
import { createPace } from './pace.ts'
import { simulationStart } from './price_process.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { recordTape, type TapeMessage } from './tape.ts'

export interface SimulatorOptions {
  settings: Config['simulator']
  /** 0, the default, takes a free port. */
  port?: number
  /** Market seconds a second; as fast as the client takes it when absent. */
  speed?: number
  /** From the seed when absent. */
  faults?: Fault[]
  /** The market waits on each connection for so many messages of the client; default 3, one a channel. */
  requests?: number
  /** ... or until none came for so long after the first; default 2 s. */
  settleMs?: number
  subscribeLimitMs?: number
}

export interface SimulatorStats {
  connections: number
  /** Sent, acknowledgements included. */
  frames: number
  lost: number
  drops: number
  /** Market time reached. */
  time: Micros
}

export interface Simulator {
  url: string
  /** Resolves when the market is over and the client has taken all of it, or after `close`. */
  done: Promise<void>
  close(): Promise<void>
  readonly stats: SimulatorStats
}

/** The market runs so long before the first connection, so that there is a book to show. */
const warmUp: Micros = 10_000_000

/**
 * A simulated exchange on this machine that speaks Coinbase Advanced Trade's market data. Market time stands still while
 * no client is connected and subscribed, so what a client gets, faults included, is decided by the seed alone. One client
 * at a time. At the end of market time it closes with code 1000 and the reason `endOfMarket`.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { settings, requests = 3, settleMs = 2000 } = options
  const socket = await openExchangeSocket(options.port, options.subscribeLimitMs)
  const schedule = options.faults ?? scheduleFaults(settings.seed, simulationStart, settings.hours)
  const faults = [...schedule].sort((a, b) => a.at - b.at)
  const stats: SimulatorStats = { connections: 0, frames: 0, lost: 0, drops: 0, time: simulationStart }
  const frames = createFrames(settings.seed)
  const tape = recordTape(settings)
  let message = tape.next()

  function advance(): void {
    stats.time = message.value?.time ?? stats.time
    message = tape.next()
  }

  /** Lets market time pass unseen. */
  function skipTo(time: Micros, outage: boolean): void {
    for (; !message.done && message.value.time < time; advance()) frames.note(message.value, !outage)
    while (faults.length > 0 && faults[0].at < time) faults.shift()
  }

  async function serve(session: Session): Promise<void> {
    const subscriptions = createSubscriptions(Object.keys(settings.products))
    frames.connect(stats.connections++)
    const pace = createPace(options.speed)
    await session.waitForRequests(requests, settleMs)
    while (!session.gone && !message.done) {
      for (const request of session.takeRequests()) answer(session, subscriptions, request)
      if (subscriptions.empty) {
        await session.waitForRequests(1, settleMs)
        continue
      }
      const fault = faults[0]
      if (fault && fault.at <= message.value.time) {
        if (fault.kind === 'drop') return drop(session, fault)
        if (wanted(subscriptions, message.value)) {
          faults.shift()
          frames.lose()
          frames.note(message.value, false)
          stats.lost++
          advance()
          continue
        }
      }
      await pace(message.value.time)
      if (session.gone) return
      if (wanted(subscriptions, message.value)) send(session, frames.update(message.value))
      frames.note(message.value, true)
      advance()
      await session.room()
    }
  }

  function answer(session: Session, subscriptions: Subscriptions, request: string): void {
    const { added, error } = subscriptions.handle(request)
    if (error) {
      session.send(JSON.stringify({ type: 'error', message: error }))
      return
    }
    if (added) for (const frame of frames.snapshots(added.channel, added.products)) send(session, frame)
    send(session, frames.acknowledgement(subscriptions.current))
  }

  function send(session: Session, frame: string): void {
    session.send(frame)
    stats.frames++
  }

  /** First the client takes all that was before: what a drop costs must not hang on buffers. */
  async function drop(session: Session, fault: Fault & { kind: 'drop' }): Promise<void> {
    if (!(await session.delivered())) return
    stats.drops++
    skipTo(fault.until, true)
    if (fault.manner === 'close') await session.close(1001, 'going away')
    else if (fault.manner === 'abrupt') await session.terminate()
    else await session.left()
  }

  async function run(): Promise<void> {
    skipTo(simulationStart + warmUp, false)
    while (!message.done) {
      const session = await socket.accept()
      if (session === null) return
      await serve(session)
      if (message.done) await sayEnd(session)
    }
  }

  const done = run()
  const after = done.then(() => turnAway(socket))
  after.catch(() => {})
  return {
    url: socket.url,
    done,
    async close() {
      await socket.close()
      await after
    },
    stats,
  }
}

function wanted(subscriptions: Subscriptions, message: TapeMessage): boolean {
  return subscriptions.has(message.channel, message.channel === 'heartbeats' ? undefined : message.product)
}
