import type { Micros } from '../core/events/event.ts'
import { sayEnd } from './end_of_market.ts'
import type { Session } from './exchange_session.ts'
import { createSpeedLimit } from './market_speed.ts'
import type { SimulatorStats } from './simulator.ts'

/** A market's one client over all its connections. */
interface OneClient<Frame> {
  /** Null until it first connects, and while a drop has cut it off. */
  session: Session | null
  /** @returns false once the socket was closed. */
  ready(time: Micros): Promise<boolean>
  take(frame: Frame): Promise<void>
}

/**
 * Sends a market's frames to its one client, and says when it is over. Market time stands still while the client is missing,
 * unless a drop has cut it off: that is over as soon as may be.
 * @param speed market seconds a second; as fast as the client takes it when absent.
 */
export async function playFrames<Frame extends { time: Micros }>(
  frames: Iterable<Frame>,
  client: OneClient<Frame>,
  stats: SimulatorStats,
  speed: number | undefined,
): Promise<void> {
  let speedLimit = createSpeedLimit(speed)
  for (const frame of frames) {
    const before = stats.connections
    if (!(await client.ready(frame.time))) return
    if (stats.connections > before) speedLimit = createSpeedLimit(speed)
    if (client.session !== null) await speedLimit(frame.time)
    await client.take(frame)
    stats.time = frame.time
  }
  if (client.session) await sayEnd(client.session)
}
