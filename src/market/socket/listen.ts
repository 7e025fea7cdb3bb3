import type { Logger } from 'pino'
import type { Role } from '../bronze/record.ts'
import type { BronzeWriter } from '../bronze/write.ts'
import type { Feed } from '../feeds/feed.ts'
import { withoutSecret } from '../feeds/without_secret.ts'
import type { BackoffOptions } from './backoff.ts'
import type { Stamp } from './clock.ts'
import type { ConnectionOptions } from './connection.ts'
import { openSocket } from './socket.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'

/** What is listened to, and where it is written. */
export interface ListenTo {
  feed: Feed
  url: string
  /** By the exchange's own names. */
  products: string[]
  channels: readonly string[]
  /** As a connection's. */
  onHandshake?: ConnectionOptions['onHandshake']
  onRefusal?: ConnectionOptions['onRefusal']
  /** For a feed that wants a login; it goes to the exchange and nowhere else. */
  secret?: string
  bronze: BronzeWriter
  stamp: Stamp
  /** Part of the names of connections, `<feed>-<start>-<n>` or `<feed>-<start>-<role>-<n>`; two runs need two starts. */
  start: string
  staleAfterMs: number
  backoff: BackoffOptions
  log: Logger
}

export interface ListenOptions extends ListenTo {
  role?: Role
  random: () => number
  withinMs?: number
  onOpen(): void
  /** Called after the message was written. */
  onMessage(text: string, received_at: number): void
  onStale(): void
  onAnswered(): void
  wasAnswered(): boolean
  onRefused(missing: string[]): void
  onNoLogin(said: string): void
}

/** One connection after the other to a feed, written to bronze. */
export interface FeedListener {
  /** Resolves when closed, or when the market is over; rejects with what bronze could not write. */
  ended: Promise<void>
  close(): void
  readonly subscriber: Subscriber
}

/** Each message is written before anything reads it, as are openings, closings and silences. */
export function listenToFeed(options: ListenOptions): FeedListener {
  const { feed, products, bronze, stamp, role, backoff, random, log } = options
  const requests = feed.subscribe(products, options.channels)
  const marks = role && { role }
  const name = [feed.name, options.start, ...(role ? [role] : [])].join('-')
  const subscriber = createSubscriber({
    ...{ feed, products, requests, backoff, random, log },
    ask: () => socket.ask(),
    withinMs: options.withinMs,
    onAnswered: options.onAnswered,
    wasAnswered: options.wasAnswered,
    onRefused: options.onRefused,
    onNoLogin: options.onNoLogin,
  })
  const socket = openSocket({
    ...{
      url: feed.address?.(options.url, products, options.channels) ?? options.url,
      requests,
      staleAfterMs: options.staleAfterMs,
      quiet: feed.quiet,
      backoff,
      random,
      log,
    },
    headers: options.secret === undefined ? undefined : feed.headers?.(options.secret),
    onHandshake: options.onHandshake,
    onRefusal: options.onRefusal,
    logIn: options.secret === undefined ? [] : feed.logIn?.(options.secret),
    nameOf: n => `${name}-${String(n).padStart(6, '0')}`,
    on: {
      open(connection) {
        options.onOpen()
        subscriber.open(connection)
        bronze.control(connection, stamp(''), 'open', marks)
      },
      message(connection, said) {
        const text = withoutSecret(said, options.secret)
        const received_at = stamp(text)
        bronze.frame(connection, received_at, text, marks)
        subscriber.see(connection, text)
        options.onMessage(text, received_at)
      },
      stale(connection) {
        options.onStale()
        bronze.control(connection, stamp(''), 'stale', marks)
      },
      close(connection) {
        subscriber.close()
        bronze.control(connection, stamp(''), 'close', marks)
      },
    },
  })
  return {
    ended: socket.ended.finally(() => subscriber.close()),
    close: () => socket.close(),
    subscriber,
  }
}
