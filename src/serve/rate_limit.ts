/** What a client may do now. */
export interface Allowance {
  allowed: boolean
  limit: number
  /** Requests that are left in the window. */
  remaining: number
  /** Whole seconds until the oldest request in the window is out of it, at least 1. */
  resetSeconds: number
}

/** So many clients are remembered at once; beyond them the one that has been silent longest is forgotten. */
const mostClients = 10_000

/**
 * At most `limit` requests of a client in any `windowMs`, wherever that begins: the times of the requests themselves are kept, so
 * there is no seam at which twice as many pass. A refused request counts for nothing.
 */
export class RateLimit {
  private readonly limit: number
  private readonly windowMs: number
  private readonly clients = new Map<string, number[]>()

  constructor(limit: number, windowMs = 60_000) {
    this.limit = limit
    this.windowMs = windowMs
  }

  /** @param now milliseconds of a clock that never goes back. */
  take(client: string, now: number): Allowance {
    const times = this.clients.get(client) ?? []
    this.clients.delete(client)
    this.clients.set(client, times)
    if (this.clients.size > mostClients) this.clients.delete(this.clients.keys().next().value!)
    let gone = 0
    while (gone < times.length && times[gone] <= now - this.windowMs) gone++
    times.splice(0, gone)
    const allowed = times.length < this.limit
    if (allowed) times.push(now)
    const resetSeconds = Math.max(1, Math.ceil((times[0] + this.windowMs - now) / 1000))
    return { allowed, limit: this.limit, remaining: this.limit - times.length, resetSeconds }
  }
}
