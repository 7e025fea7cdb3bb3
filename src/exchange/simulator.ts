import type { Config } from '../config.ts'
import type { Micros } from '../core/events/event.ts'
import { simulatedMark } from '../market/socket/simulated_mark.ts'
import { type ConnectionFault, scheduleFaults } from './connection_faults.ts'
import { type ServedMarket, sayEnd, serveOn } from './end_of_market.ts'
import { openExchangeSocket } from './exchange_socket.ts'
import { marketMessages } from './market_messages.ts'
import { createSpeedLimit } from './market_speed.ts'
import { simulationStart } from './price_process.ts'
import { SimulatedClient } from './simulated_client.ts'
import { createTradeHistory, restPath } from './trade_history.ts'

export interface SimulatorOptions {
  settings: Config['simulator']
  /** 0, the default, takes a free port. */
  port?: number
  /** Market seconds a second; as fast as the clients take it when absent. */
  speed?: number
  /** Seconds of market time that are over when it opens: nobody is given them. */
  skipSeconds?: number
  /** Until so many seconds of market time it goes as fast as its clients take it, whatever the speed. */
  rushSeconds?: number
  /** What goes wrong, a list a client; from the seed when absent. */
  faults?: ConnectionFault[] | ConnectionFault[][]
  /** The market needs so many clients at once; default 1. */
  clients?: number
  /** It waits on each connection for so many messages of the client; default 3, one a channel. */
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

export interface Simulator extends ServedMarket {
  /** Address of its REST API. */
  rest: string
  readonly stats: SimulatorStats
}

/** The market runs so long before the first connection, so that there is a book to show. */
const warmUp: Micros = 10_000_000

/**
 * A simulated exchange on this machine that speaks Coinbase Advanced Trade's market data, and answers for past trades over
 * REST. Market time stands still while a client is missing or not subscribed, unless a fault has cut it off: so what
 * clients get is decided by the seed alone. At the end of market time it closes with code 1000 and the reason
 * `endOfMarket`.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { settings, clients: count = 1, requests = 3, settleMs = 2000, port, subscribeLimitMs } = options
  const { seed } = settings
  const stats: SimulatorStats = { connections: 0, frames: 0, lost: 0, drops: 0, time: simulationStart }
  const history = createTradeHistory()
  const restOf = (url: string): string => `${url.replace(/^ws/, 'http')}${restPath}`
  const socket = await openExchangeSocket({
    ...{ port, subscribeLimitMs, clients: count, onRequest: history.answer },
    headers: url => ({ [simulatedMark]: restOf(url) }),
  })
  const nextConnection = (): number => stats.connections++
  const clients = Array.from({ length: count }, (_, n) => {
    const faults = faultsOf(options, n).sort((a, b) => a.at - b.at)
    const products = Object.keys(settings.products)
    return new SimulatedClient({ socket, seed, products, faults, requests, settleMs, nextConnection, stats })
  })

  const opening = simulationStart + Math.max(warmUp, 1e6 * (options.skipSeconds ?? 0))
  const unhurried = simulationStart + 1e6 * (options.rushSeconds ?? 0)

  async function run(): Promise<void> {
    let speedLimit = createSpeedLimit(options.speed)
    for (const message of marketMessages(settings)) {
      history.note(message)
      if (message.time < opening) {
        for (const client of clients) client.skip(message, true)
        continue
      }
      do {
        const before = stats.connections
        for (const client of clients) if (!(await client.ready(message.time))) return
        if (stats.connections > before) speedLimit = createSpeedLimit(options.speed)
        if (message.time >= unhurried && clients.some(({ session }) => session)) await speedLimit(message.time)
      } while (clients.some(({ session }) => session?.gone))
      for (const client of clients) await client.take(message)
      stats.time = message.time
    }
    await Promise.all(clients.map(({ session }) => session && sayEnd(session)))
  }

  return { ...serveOn(socket, run), rest: restOf(socket.url), stats }
}

function faultsOf({ faults, settings: { seed, hours } }: SimulatorOptions, client: number): ConnectionFault[] {
  if (faults === undefined) return scheduleFaults(seed + client, simulationStart, hours)
  const list: (ConnectionFault | ConnectionFault[])[] = faults
  return Array.isArray(list[0])
    ? [...((list[client] ?? []) as ConnectionFault[])]
    : client === 0
      ? [...(list as ConnectionFault[])]
      : []
}
