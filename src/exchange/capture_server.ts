import type { Micros } from '../core/events/event.ts'
import { SpikeError } from '../errors.ts'
import type { RawRecord } from '../market/bronze/record.ts'
import { feedByName } from '../market/feeds/feeds.ts'
import { messageTime } from '../market/socket/clock.ts'
import { createAcknowledger } from './acknowledge_requests.ts'
import { sayEnd, serveOn } from './end_of_market.ts'
import type { Session } from './exchange_session.ts'
import { openExchangeSocket } from './exchange_socket.ts'

export interface CaptureServerOptions {
  /** As `readRaw` gives them. */
  records: AsyncIterable<RawRecord>
  /** 0, the default, takes a free port. */
  port?: number
  /** Frames wait on each connection for so many messages of the client; default what its feed needs for all channels. */
  requests?: number
  /** ... or until none came for so long after the first; default 2 s. */
  settleMs?: number
}

export interface CaptureServer {
  url: string
  /** Name of the capture's feed. */
  feed: string
  /** Time of the first frame that has one; null when the first thousand records have none. */
  from: Micros | null
  /** Whether the capture's reader rejected the time of this message: for `marketStamp`. */
  isBogus(message: string): boolean
  /** Resolves when the client has taken all, or after `close`; rejects with what the reader throws. */
  done: Promise<void>
  close(): Promise<void>
  readonly stats: { connections: number; frames: number }
}

const lookAhead = 1000

/**
 * Serves saved frames verbatim on this machine, as fast as the client takes them. Where the capture changes its connection
 * the client is sent away and served on when it is back. One client at a time; at the end it closes with code 1000 and
 * the reason `endOfMarket`.
 * @throws SpikeError BAD_FILE when there is no frame; what the reader throws at its beginning.
 */
export async function startCaptureServer(options: CaptureServerOptions): Promise<CaptureServer> {
  const { settleMs = 2000 } = options
  const messages = readMessages(options.records)
  const waiting = await takeFirst(messages)
  const known = waiting.find(record => record.frame !== undefined && feedByName(record.feed))
  if (known === undefined)
    throw new SpikeError(
      'BAD_FILE',
      'the capture: no frame of a known feed at its beginning; name files that hold some',
    )
  const { feed } = known
  const times = waiting.filter(message => !message.rejected).map(message => messageTime(message.text))
  const { channels, subscribe } = feedByName(feed)!
  const requests = options.requests ?? subscribe([], channels).length
  const socket = await openExchangeSocket({ port: options.port })
  const rejected = new Set<string>()
  const stats = { connections: 0, frames: 0 }

  async function next(): Promise<Message | undefined> {
    const message = waiting.shift() ?? (await messages.next()).value
    if (message?.rejected) rejected.add(message.text)
    if (message?.frame !== undefined && message.feed !== feed) throw twoFeeds(message, feed)
    return message
  }

  /** @returns the first message that is not this session's; undefined at the end. */
  async function serve(session: Session, first: Message): Promise<Message | undefined> {
    stats.connections++
    const acknowledge = createAcknowledger()
    await session.waitForRequests(requests, settleMs)
    let message: Message | undefined = first
    while (message?.connection === first.connection && !session.gone) {
      for (const request of session.takeRequests()) session.send(acknowledge(request))
      session.send(message.text)
      stats.frames++
      await session.room()
      message = await next()
    }
    return message
  }

  async function run(): Promise<void> {
    let message = await next()
    while (message) {
      const session = await socket.accept()
      if (session === null) return
      message = await serve(session, message)
      if (message === undefined) await sayEnd(session)
      else if (await session.delivered()) await session.close(1001, 'going away')
    }
  }

  const served = serveOn(socket, run)
  return {
    ...served,
    feed,
    from: times.find(time => time !== null) ?? null,
    isBogus: message => rejected.has(message),
    async close() {
      await served.close()
      await messages.return(undefined)
    },
    stats,
  }
}

type Message = RawRecord & { text: string }

/** What a client would have got: frames, and texts that are none, but no answers to other questions. */
async function* readMessages(records: AsyncIterable<RawRecord>): AsyncGenerator<Message, undefined> {
  for await (const record of records) {
    if (record.role) throw twoConnections(record)
    if (record.text !== undefined && record.backfill === undefined) yield record as Message
  }
  return undefined
}

async function takeFirst(messages: AsyncGenerator<Message, undefined>): Promise<Message[]> {
  const first: Message[] = []
  while (first.length < lookAhead) {
    const { value } = await messages.next()
    if (value === undefined) break
    first.push(value)
  }
  return first
}

function twoConnections({ file, line }: RawRecord): SpikeError {
  return new SpikeError(
    'BAD_FILE',
    `${file}:${line}: was recorded from two connections at once and cannot be served as one; use it with npm run replay or npm run feed`,
  )
}

function twoFeeds(message: Message, feed: string): SpikeError {
  return new SpikeError(
    'BAD_FILE',
    `${message.file}:${message.line}: a frame of ${message.feed} among frames of ${feed}; serve files of one feed at a time`,
  )
}
