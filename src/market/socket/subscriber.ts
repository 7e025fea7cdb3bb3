import type { Logger } from 'pino'
import type { Feed } from '../feeds/feed.ts'
import { type Acknowledgement, createAcknowledgement } from './acknowledgement.ts'
import { type Backoff, type BackoffOptions, createBackoff } from './backoff.ts'

export interface SubscriberOptions {
  feed: Feed
  products: string[]
  /** Messages that are sent on each connection. */
  requests: string[]
  /** Sends them once more. */
  ask(): void
  /** Asked again when not all is acknowledged after so long; never asked again when absent. */
  withinMs?: number
  backoff: BackoffOptions
  random: () => number
  log: Logger
  /** All products were acknowledged. */
  onAnswered(): void
  /** Whether they ever were, here or on another connection. */
  wasAnswered(): boolean
  /** Products were left out before all were ever acknowledged: they are not served at all. */
  onRefused(missing: string[]): void
  /** The exchange does not take the login. */
  onNoLogin(said: string): void
}

/** Watches what the exchange says to a subscription, and asks again until it is acknowledged in full. */
export interface Subscriber {
  /** The requests were sent on a new connection. */
  open(connection: string): void
  see(connection: string, message: string): void
  close(): void
  /** The exchange's last error; null when it told none. */
  readonly complaint: string | null
}

/**
 * A product that was served before and is left out, an error instead of an acknowledgement, and none at all: each is asked
 * again on the same connection, at growing intervals, while what is served flows on.
 */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { feed, products, requests, ask, withinMs, log } = options
  let acknowledgement: Acknowledgement = newAcknowledgement()
  let pauses: Backoff = createBackoff(options.backoff, options.random)
  let timer: NodeJS.Timeout | undefined
  let waiting = false
  let complaint: string | null = null

  function newAcknowledgement(): Acknowledgement {
    return createAcknowledgement(products, Math.max(1, requests.length))
  }

  function wait(connection: string): void {
    acknowledgement = newAcknowledgement()
    waiting = true
    if (withinMs !== undefined) timer = setTimeout(() => askLater(connection, 'no full acknowledgement'), withinMs)
  }

  function askLater(connection: string, reason: string): void {
    stop()
    if (withinMs === undefined) return
    const pause_ms = Math.round(pauses.next())
    log.warn({ connection, reason, pause_ms }, 'subscribes again')
    timer = setTimeout(() => {
      wait(connection)
      ask()
    }, pause_ms)
  }

  function stop(): void {
    clearTimeout(timer)
    waiting = false
  }

  return {
    open(connection) {
      pauses = createBackoff(options.backoff, options.random)
      wait(connection)
    },
    see(connection, message) {
      // Where nothing is asked for, the first frame stands for the acknowledgement.
      const answer = feed.answer(message) ?? (waiting && requests.length === 0 ? { served: products } : null)
      if (answer === null) return
      if ('refused' in answer) {
        stop()
        options.onNoLogin(answer.refused)
        return
      }
      if ('error' in answer) {
        complaint = answer.error
        log.warn({ connection, error: complaint }, 'the exchange reports an error')
        if (waiting) askLater(connection, 'an error instead of an acknowledgement')
        return
      }
      const missing = acknowledgement.see(answer.served)
      if (missing === null) return
      stop()
      if (missing.length > 0) log.warn({ connection, missing }, 'the exchange does not serve these products')
      if (missing.length === 0) options.onAnswered()
      else if (options.wasAnswered()) askLater(connection, 'products are missing')
      else options.onRefused(missing)
    },
    close: stop,
    get complaint() {
      return complaint
    },
  }
}
