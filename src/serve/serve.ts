import { z } from 'zod'
import type { Config } from '../config.ts'
import { rowText } from '../core/features/row_bytes.ts'
import type { Metric } from '../operations/metrics.ts'
import type { Streams } from '../streams/port.ts'
import { apiMetrics } from './api_metrics.ts'
import { healthBody } from './bodies.ts'
import { readDesk } from './desk/files.ts'
import { driftRoute } from './drift.ts'
import { EventLog } from './event_log.ts'
import { EventRate } from './event_rate.ts'
import { EventStreams } from './event_streams.ts'
import { followTopics } from './follow_topics.ts'
import type { GuardOptions } from './guard.ts'
import { healthOf, readParts, trainedUntil } from './health.ts'
import { RequestTimes } from './request_times.ts'
import { plainRoute, type Route } from './route.ts'
import { marketRoutes } from './routes_of_market.ts'
import { modelRoutes } from './routes_of_models.ts'
import { type ApiServer, startServer } from './server.ts'
import { type Kind, servedTopics } from './topics_served.ts'
import { View } from './view.ts'

export interface ServeOptions {
  config: Config
  streams: Streams
  /** Topic that the scorer writes. */
  predictions: string
  guard: GuardOptions
  host: string
  port: number
  version: string
  /** Requests of a client a minute. */
  limit?: number
  /** Where npm start says how its parts are. */
  parts?: string
  /** Where npm start says which model scores, and until when the rows go that it was trained on. */
  champion?: string
  /** JSON of the drift report that is written again and again. */
  drift?: string
  stop: AbortSignal
}

export interface Serving extends ApiServer {
  /** Until it is told to stop; rejects where a topic cannot be read any more. */
  done: Promise<void>
  /** Why what it answers is not the market's newest; null where it is. */
  notReady(): string | null
  metrics(): Metric[]
}

/** Kinds that go out on /events: what changes seldom enough for a browser to hear of each. */
const announced: Kind[] = ['candle', 'window', 'prediction', 'settled', 'signal', 'ledger', 'alert']

/** Follows the topics in memory and answers for them over HTTP. @throws SpikeError BAD_ARGUMENT when the port cannot be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { config, streams, predictions, stop, parts, champion, drift } = options
  const view = new View()
  view.absent = kind => {
    const { topic, there } = followed.find(one => one.topic.kind === kind)!
    return there ? null : `there is no topic ${topic.name} yet`
  }
  view.trainedUntil = name => trainedUntil(champion, name)
  const log = new EventLog()
  const events = new EventStreams(log)
  const rate = new EventRate()
  const { followed, done } = followTopics({
    ...{ streams, topics: servedTopics(config, predictions), stop },
    onBegin({ kind }, { partition, offset }) {
      if (announced.includes(kind)) log.begin(kind, partition, offset)
    },
    onRecord({ kind }, record) {
      const taken = view.take(kind, kind === 'feature' ? rowText(record.value) : record.value.toString())
      if (kind === 'raw') rate.count(performance.now())
      if (taken && announced.includes(kind)) events.publish(log.add(kind, record))
    },
  })
  const times = new RequestTimes()
  const healthNow = () => {
    const now = performance.now()
    const clocks = { now, wall: Date.now() / 1000, uptimeSeconds: process.uptime() }
    const state = { view, followed, eventsPerSecond: rate.perSecond(now), parts: readParts(parts) }
    return healthOf({ limits: config.health, ...state, ...clocks })
  }
  const health: Route = plainRoute({
    ...{ path: '/health', summary: 'Whether it works, and what is missing.', query: z.object({}), body: healthBody },
    limited: false,
    answer() {
      const body = healthNow()
      return { status: body.status === 'unhealthy' ? 503 : 200, body }
    },
  })
  const routes = [health, ...marketRoutes, ...modelRoutes, driftRoute(drift)]
  const server = await startServer({ limit: 100, ...options, view, routes, events, times, files: readDesk() })
  const notReady = (): string | null => {
    const { status, reasons } = healthNow()
    return status === 'unhealthy' ? reasons[0] : null
  }
  return {
    ...{ ...server, done, notReady },
    metrics: () => apiMetrics({ notReady: notReady(), times, events, followed }),
  }
}
