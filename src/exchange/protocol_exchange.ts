import type { RequestListener } from 'node:http'
import type { Config } from '../config.ts'
import { simulatedMark } from '../market/socket/simulated_mark.ts'
import { type ConnectionFault, scheduleFaults } from './connection_faults.ts'
import { serveOn } from './end_of_market.ts'
import { openExchangeSocket } from './exchange_socket.ts'
import { playFrames } from './play_frames.ts'
import { simulationStart } from './price_process.ts'
import type { Simulator, SimulatorStats } from './simulator.ts'
import { type MarketFrame, type Protocol, SpoiltClient } from './spoilt_client.ts'

export interface ProtocolExchangeOptions {
  settings: Config['simulator']
  port?: number
  /** Market seconds a second; as fast as the client takes it when absent. */
  speed?: number
  /** Drops and losses; from the seed when absent. */
  faults?: ConnectionFault[]
}

/** What an exchange says, and how it is asked. */
export interface SpokenMarket {
  protocol: Protocol
  frames: Iterable<MarketFrame>
  /** Its REST API, on the same port. */
  answer?: RequestListener
}

/** Where nothing is asked for, nobody is sent away for it. */
const everMs = 2 ** 31 - 1

/**
 * Serves a simulated market on this machine in the protocol of an exchange, with drops, losses, repeats and garbage. As on the
 * first one, market time stands still while its client is missing, unless a drop has cut it off; at the end it says so.
 */
export async function serveMarket(market: SpokenMarket, options: ProtocolExchangeOptions): Promise<Simulator> {
  const { protocol, frames, answer } = market
  const { settings, port } = options
  const stats: SimulatorStats = { connections: 0, frames: 0, lost: 0, drops: 0, time: simulationStart }
  const restOf = (url: string): string => (answer ? url.replace(/^ws/, 'http') : '')
  const socket = await openExchangeSocket({
    port,
    subscribeLimitMs: protocol.requests === 0 ? everMs : undefined,
    onRequest: answer,
    headers: url => ({ [simulatedMark]: restOf(url), date: new Date(stats.time / 1000).toUTCString() }),
  })
  const faults = options.faults ?? scheduleFaults(settings.seed, simulationStart, settings.hours)
  const client = new SpoiltClient({ socket, protocol, seed: settings.seed, faults, stats })

  return { ...serveOn(socket, () => playFrames(frames, client, stats, options.speed)), rest: restOf(socket.url), stats }
}
