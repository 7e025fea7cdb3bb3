import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import type { Config } from '../config.ts'
import type { healthBody } from './bodies.ts'
import type { Followed } from './follow_topics.ts'
import type { View } from './view.ts'

export type Health = z.infer<typeof healthBody>
/** What npm start says of a part that it runs. */
export type PartState = Health['parts'][number]

export interface HealthInput {
  limits: Config['health']
  view: View
  followed: Followed[]
  eventsPerSecond: number | null
  parts: PartState[]
  /** Milliseconds of `performance.now()`, and seconds since the epoch. */
  now: number
  wall: number
  uptimeSeconds: number
}

export function healthOf({
  limits,
  view,
  followed,
  eventsPerSecond,
  parts,
  now,
  wall,
  uptimeSeconds,
}: HealthInput): Health {
  const { most_lag: mostLag, longest_idle_s: longestIdle } = limits
  const lag = followed.reduce((sum, one) => sum + one.lag, 0)
  const topics = followed.map(({ topic: { kind, name }, there, lag, takenAt, fault }) => ({
    ...{ kind, name, there, records: view.counts[kind], lag },
    ...{ idle_seconds: takenAt === null ? null : (now - takenAt) / 1000, fault },
  }))
  const stuck = topics.filter(({ lag, idle_seconds: idle }) => lag > 0 && idle !== null && idle > longestIdle)
  const cut = topics.filter(({ there, fault }) => there && fault !== null)
  const reasons = [
    ...cut.map(({ name, fault }) => `${name}: ${fault}`),
    ...stuck.map(({ name }) => `${name} grows, and nothing of it has been read for ${longestIdle} s`),
    ...(lag > mostLag ? [`${lag} records behind`] : []),
    ...topics.filter(({ there }) => !there).map(({ name, fault }) => `${name}: ${fault ?? 'not looked for yet'}`),
    ...parts.filter(({ state }) => state !== 'runs').map(({ name, state, note }) => `${name} ${state}: ${note}`),
  ]
  const degraded = lag > mostLag || parts.some(({ state }) => state === 'restarts')
  return {
    status: stuck.length + cut.length > 0 ? 'unhealthy' : degraded ? 'degraded' : 'healthy',
    ...{ consumer_lag: lag, dynamo_latency_p99: null, uptime_seconds: uptimeSeconds },
    ...{ checked_at: new Date(1000 * wall).toISOString(), simulated: view.simulated(), reasons },
    products: [...view.products.values()].map(({ product, feed, lastEvent }) => ({
      ...{ product, feed, last_event: lastEvent === null ? null : lastEvent / 1e6 },
    })),
    ...{ events_per_s: eventsPerSecond, left_out: view.leftOut, topics, parts },
  }
}

/** What npm start has written of its parts; none where there is no such file, or no whole one. */
export function readParts(path: string | undefined): PartState[] {
  if (path === undefined) return []
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PartState[]
  } catch {
    return []
  }
}

/** Microseconds until which a model had seen the market when it was made; 0 where nothing is known of that. */
export function trainedUntil(path: string | undefined, model: string): number {
  if (path === undefined) return 0
  try {
    const { name, trained_until } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; trained_until: number }
    return name === model ? 1e6 * trained_until : 0
  } catch {
    return 0
  }
}
