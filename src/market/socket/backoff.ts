/** How long to wait before connecting again. */
export interface BackoffOptions {
  first_ms: number
  limit_ms: number
  /** A connection that lived so long was healthy: the next wait is a first one again. */
  healthy_ms: number
}

/** Fit for an exchange that allows 8 connections a second and address. */
export const patientBackoff: BackoffOptions = { first_ms: 1000, limit_ms: 30_000, healthy_ms: 60_000 }

/** Fit for an exchange on this machine. */
export const localBackoff: BackoffOptions = { first_ms: 2, limit_ms: 50, healthy_ms: 60_000 }

export interface Backoff {
  /** Milliseconds to wait now: half to all of `first_ms` doubled at each failure, up to `limit_ms`. */
  next(): number
  /** A connection has ended that was open for so long. */
  lived(ms: number): void
}

/** @param random uniform in [0, 1): spreads clients that were cut off together. */
export function createBackoff(options: BackoffOptions, random: () => number): Backoff {
  let failures = 0
  return {
    next() {
      const full = Math.min(options.limit_ms, options.first_ms * 2 ** failures)
      failures = Math.min(failures + 1, 30)
      return full * (0.5 + random() / 2)
    },
    lived(ms) {
      if (ms >= options.healthy_ms) failures = 0
    },
  }
}
