import { gauge, type Metric } from '../operations/metrics.ts'
import type { EventStreams } from './event_streams.ts'
import type { Followed } from './follow_topics.ts'
import type { RequestTimes } from './request_times.ts'

export interface ApiState {
  /** Why what it answers is not the newest; null where it is. */
  notReady: string | null
  times: Pick<RequestTimes, 'metrics'>
  events: Pick<EventStreams, 'size'>
  followed: Followed[]
}

/** What the API tells of itself. */
export function apiMetrics({ notReady, times, events, followed }: ApiState): Metric[] {
  const lag = followed.map(({ topic, lag }) => ({ labels: { topic: topic.name }, value: lag }))
  return [
    gauge('api_ready', 'Whether what it answers is the newest.', notReady === null ? 1 : 0),
    ...times.metrics(),
    gauge('api_event_streams', 'Open streams of events.', events.size),
    gauge('api_lag_records', 'Records that it does not show yet, by topic.', ...lag),
  ]
}
