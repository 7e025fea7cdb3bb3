/** Names that are counted apart; a hostile feed must not fill the memory. */
const nameLimit = 1000

/** What came to nothing: how much of it for each reason, and where the first of it was. */
export type LeftOut = Record<string, { count: number; first: string }>

/** Adds so much that came to nothing at a place, `file:line` or a record of a topic; reasons beyond the thousandth count as `others`. */
export function leaveOut(all: LeftOut, reason: string, first: string, count = 1): void {
  const name = countedAs(all, reason.slice(0, longestName))
  if (Object.hasOwn(all, name)) all[name].count += count
  else all[name] = { count, first }
}

/** The name under which one is counted: its own, or `others` beyond the thousandth beside it. */
export function countedAs(all: object, name: string): string {
  if (name === '__proto__') return others
  if (name === others || Object.hasOwn(all, name)) return name
  const apart = Object.keys(all).length - (Object.hasOwn(all, others) ? 1 : 0)
  return apart < nameLimit ? name : others
}

/** Adds `more`, which came later, to `total`. */
export function addLeftOut(total: LeftOut, more: LeftOut): void {
  for (const [reason, { count, first }] of Object.entries(more)) leaveOut(total, reason, first, count)
}

/**
 * For people, a line a reason: `90 bad_time, first at a.ndjson:1 (its time is missing or has no zone)`, the most frequent first;
 * then what never is an event, such as acknowledgements, in one line.
 * @param most so many reasons are named, the others counted.
 */
export function describeLeftOut(all: LeftOut, most = 10): string[] {
  const sorted = Object.entries(all).sort(([, a], [, b]) => b.count - a.count)
  const faults = sorted.filter(([reason]) => !routine.includes(reason))
  const named = faults.slice(0, most).map(([reason, { count, first }]) => {
    const word = reason.split(' ')[0]
    const meaning = Object.hasOwn(meanings, word) ? ` (${meanings[word]})` : ''
    return `${count} ${onOneLine(reason)}, first at ${first}${meaning}`
  })
  const rest = faults.slice(most)
  if (rest.length > 0)
    named.push(`${rest.reduce((sum, [, { count }]) => sum + count, 0)} for ${rest.length} other reasons`)
  const quiet = sorted.filter(([reason]) => routine.includes(reason)).map(([reason, { count }]) => `${count} ${reason}`)
  return quiet.length > 0 ? [...named, `no market data: ${quiet.join(', ')}`] : named
}

/** A text of the wire, without what would begin another line. */
export function onOneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** What a recording holds besides. */
const routine = [
  'control',
  'subscriptions',
  'heartbeat',
  'backfill',
  'other connection',
  'snapshot',
  'status',
  'unfinished candle',
]

const others = 'others'
const longestName = 60

/** What a reason's first word leaves open. */
const meanings: Record<string, string> = {
  not_json: 'no JSON: torn, cut, or of another kind',
  not_object: 'JSON, but neither an object nor a list',
  bad_csv: 'a row of CSV with more or fewer fields than the first',
  bad_line: 'JSON, but no line of bronze',
  unknown_feed: 'the line names a feed that there is not',
  unknown_shape: 'no frame of its feed',
  bad_sequence: 'its number, sequence_num or sequence, is missing or no whole number',
  bad_time: 'its time is missing or has no zone: it wants RFC 3339, as in 2026-01-05T00:00:00Z',
  bad_price: 'a bid or ask that is no decimal number, such as 67000,50',
  bad_trade: 'a price or size of a trade that is no decimal number',
  bad_ticker: 'a ticker that is no object',
  bad_events: 'no list of events in it',
  partly_known: 'an aggregate of trades of which some had come already',
  candle_changed: 'a second version of a candle that was over; the first one stands',
  bad_candle: 'a candle with a price, volume or interval that is none',
  missing_product: 'it names no product',
  missing_trade_id: 'a trade without an id',
  time_ahead: 'its time is ahead of its receipt: the clock of whoever recorded it was slow',
  time_jump: 'its time jumps where no time can be, and the next frame belies it',
  product_of_another_feed: 'feeds in the config say which feed brings a product',
  invalid_quote: 'a bid or ask that is empty, or not above 0',
  invalid_trade: 'a price or size of a trade that is not above 0',
  invalid_time: 'a time before 1970, or none',
  channel: 'frames of this channel are not read',
  type: 'frames of this type are not read',
  product: 'no product of the config: add it to its feed there, if it is wanted',
}
