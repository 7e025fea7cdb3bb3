import { Durations } from '../operations/durations.ts'
import { byLabel, counter, histogram, type Metric } from '../operations/metrics.ts'

/** How often the API has answered, with which status, and how long that took on each route. */
export class RequestTimes {
  private readonly byRoute = new Map<string, Durations>()
  private readonly byStatus: Record<string, number> = {}

  /** @param route its path; of all that is none, one word. */
  add(route: string, status: number, seconds: number): void {
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1
    const durations = this.byRoute.get(route) ?? new Durations()
    this.byRoute.set(route, durations)
    durations.add(seconds)
  }

  metrics(): Metric[] {
    const timed = [...this.byRoute].map(([route, durations]) => ({ labels: { route }, durations }))
    return [
      counter('api_requests_total', 'Requests answered, by status.', ...byLabel('status', this.byStatus)),
      histogram('api_request_duration_seconds', 'From a request to its whole answer, by route.', ...timed),
    ]
  }
}
