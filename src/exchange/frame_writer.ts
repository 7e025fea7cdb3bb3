import type { MarketMessage } from './market_messages.ts'
import { addNanos, formatGoClock, formatTimestamp, isBefore, type Moment } from './nanosecond_time.ts'
import { createRandom, type Random } from './random.ts'
import type { Channel } from './subscriptions.ts'

/** Numbers and words the frames of one connection after the other. */
export interface FrameWriter {
  /** A new connection: numbers begin at 0, and it may have met another server. */
  connect(connection: number): void
  /** Keeps what snapshots show; trades only when they are `served`. */
  note(message: MarketMessage, served: boolean): void
  update(message: MarketMessage): string
  /** Uses up a number. */
  lose(): void
  /** What a new subscription gets before its acknowledgement, one frame a product. */
  snapshots(channel: Channel, products: string[]): string[]
  acknowledgement(current: Record<string, string[]>): string
}

const history = 20

export function createFrameWriter(seed: number): FrameWriter {
  const tickers = new Map<string, string>()
  const trades = new Map<string, string[]>()
  let now: Moment = { second: 0, nanos: 0 }
  let sequence = 0
  let random = createRandom(seed, 'connection')
  let started: Moment = now

  function envelope(channel: string, at: Moment, events: string): string {
    now = isBefore(now, at) ? at : addNanos(now, 1)
    const head = `"channel":"${channel}","timestamp":"${formatTimestamp(now)}","sequence_num":${sequence++}`
    return `{${head},"events":[${events}]}`
  }

  /** Market time stands still while a connection opens; its frames are some hundred microseconds apart. */
  const opening = () => addNanos(now, 50_000 + random.whole(400_000))

  return {
    connect(connection) {
      sequence = 0
      random = createRandom(seed, `connection ${connection}`)
      started = uptimeStart(random, now)
    },
    note(message, served) {
      if (isBefore(now, message.at)) now = message.at
      if (message.channel === 'ticker') tickers.set(message.product, message.json)
      else if (message.channel === 'market_trades' && served)
        trades.set(message.product, [...message.trades, ...(trades.get(message.product) ?? [])].slice(0, history))
    },
    update(message) {
      if (message.channel === 'heartbeats') return envelope('heartbeats', message.at, heartbeat(message.at, started))
      if (message.channel === 'ticker') return envelope('ticker', message.at, tickerEvent('update', message.json))
      return envelope('market_trades', message.at, tradesEvent('update', message.trades))
    },
    lose() {
      sequence++
    },
    snapshots(channel, products) {
      return products.flatMap(product => {
        const ticker = tickers.get(product)
        if (channel === 'ticker') return ticker ? [envelope(channel, opening(), tickerEvent('snapshot', ticker))] : []
        const recent = trades.get(product)
        return recent ? [envelope(channel, opening(), tradesEvent('snapshot', recent))] : []
      })
    },
    acknowledgement: current => envelope('subscriptions', opening(), `{"subscriptions":${JSON.stringify(current)}}`),
  }
}

function tickerEvent(type: 'snapshot' | 'update', ticker: string): string {
  return `{"type":"${type}","tickers":[${ticker}]}`
}

function tradesEvent(type: 'snapshot' | 'update', trades: string[]): string {
  return `{"type":"${type}","trades":[${trades.join(',')}]}`
}

function uptimeStart(random: Random, now: Moment): Moment {
  return { second: now.second - 20_000 - random.whole(300_000), nanos: random.whole(1e9) }
}

function heartbeat(at: Moment, started: Moment): string {
  const borrow = at.nanos < started.nanos ? 1 : 0
  const uptime = { second: at.second - started.second - borrow, nanos: at.nanos - started.nanos + borrow * 1e9 }
  return `{"current_time":"${formatGoClock(at, uptime)}","heartbeat_counter":${uptime.second}}`
}
