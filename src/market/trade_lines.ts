import { readLines } from './bronze/read_lines.ts'
import { asObject, parseJson } from './feeds/reading.ts'
import { parseTimestamp } from './feeds/timestamp.ts'
import { parseUnixTime } from './feeds/unix_time.ts'

/** Name of the feed of such events. */
const feed = 'trade-lines'

/**
 * Whether a file holds trades, one JSON object a line: `{"product_id":"BTC-USD","trade_id":"1","price":"67000.00",
 * "size":"0.1","time":"2026-04-04T00:00:01Z"}`, or CoinCap's, which have no id, so that each line is a trade by itself.
 * Judged by its first line.
 */
export async function holdsTradeLines(path: string): Promise<boolean> {
  for await (const { texts } of readLines(path)) {
    const first = texts.find(text => text.trim() !== '')
    if (first === undefined) continue
    const line = asObject(parseJson(first))
    if (line === null) return false
    return isCoinCap(line) || ('product_id' in line && 'price' in line && !('type' in line) && !('channel' in line))
  }
  return false
}

/**
 * The lines of such a file as market events, unchecked: what a line lacks the event lacks, and a line that is not JSON is
 * undefined. A line without a trade's id or size that tells a best bid or ask is a ticker's.
 * @throws SpikeError BAD_FILE as `readLines`.
 */
export async function* readTradeLines(path: string): AsyncGenerator<unknown[]> {
  for await (const { texts, numbers } of readLines(path)) {
    const events: unknown[] = []
    for (let i = 0; i < texts.length; i++)
      if (texts[i].trim() !== '') events.push(eventOf(skimTradeLine(texts[i]) ?? parseJson(texts[i]), path, numbers[i]))
    yield events
  }
}

/** A text without escapes, in quotes. */
const word = String.raw`"([^"\\\x00-\x1f]*)"`
const shape = new RegExp(
  `^\\{${['product_id', 'trade_id', 'price', 'size', 'side', 'time'].map(name => `"${name}": ?${word}`).join(', ?')}\\}$`,
)

/** What `JSON.parse` makes of a line of the usual shape, several times faster; null for any other line. */
export function skimTradeLine(text: string): Record<string, unknown> | null {
  const found = shape.exec(text)
  if (found === null) return null
  const [, product_id, trade_id, price, size, side, time] = found
  return { product_id, trade_id, price, size, side, time }
}

function eventOf(value: unknown, connection: string, sequence: number): unknown {
  const line = asObject(value)
  if (line === null) return value
  if (isCoinCap(line)) return coinCapTrade(line, connection, sequence)
  const { product_id: product, trade_id, price, size, best_bid: bid, best_ask: ask } = line
  const time = parseTimestamp(line.time)
  const place = { feed, received_at: null, index: 0 }
  if (trade_id === undefined && size === undefined && (bid !== undefined || ask !== undefined))
    return { type: 'quote', product, time, connection, sequence, bid, ask, last: price, ...place }
  const id = trade_id ?? `${connection} ${sequence}`
  // Written out, which is several times faster than a spread.
  return {
    type: 'trade',
    product,
    time,
    connection,
    sequence,
    id,
    price,
    size,
    side: line.side ?? null,
    feed,
    index: 0,
  }
}

function isCoinCap(line: Record<string, unknown>): boolean {
  return 'exchange' in line && 'base' in line && 'quote' in line && 'priceUsd' in line
}

/** By its base, all quotes together, at the price in dollars; one without that price has none. */
function coinCapTrade(line: Record<string, unknown>, connection: string, sequence: number): unknown {
  const place = {
    feed: 'coincap',
    product: line.base,
    time: parseUnixTime(line.timestamp),
    received_at: null,
    connection,
  }
  const trade = {
    id: `${connection} ${sequence}`,
    price: line.priceUsd,
    size: line.volume,
    side: line.direction ?? null,
  }
  return { type: 'trade', ...place, sequence, index: 0, ...trade }
}
