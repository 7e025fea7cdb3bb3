import type { BronzeRecord, RawRecord, Role } from '../../market/record.ts'
import { heartbeat, micros, subscriptions, ticker, trade, trades } from './wire.ts'

/** What a market says, whoever listens: seconds, and a frame that only lacks its number. */
export interface Said {
  at: number
  quote?: { product: string; fields: Record<string, string> }
  trade?: { product: string; id: string }
}

/** A connection to it that is cut off from `from` to `to`; or that loses what is said in between. */
export interface Fault {
  from: number
  to: number
  kind: 'close' | 'stale' | 'killed' | 'silent' | 'loss'
}

export interface LineOptions {
  role?: Role
  faults: Fault[]
  /** What its clock is ahead by, in seconds. */
  skew: number
  /** How long a frame is under way, in seconds, by its number. */
  delay: (frame: number) => number
}

type Sent = BronzeRecord

/** The bronze of one line that listens to the market from second 0 on: what arrives, when. */
export function listen(market: Said[], products: string[], options: LineOptions): Sent[] {
  const { role, faults, skew, delay } = options
  const sent: Sent[] = []
  const outages = faults.filter(({ kind }) => kind !== 'loss')
  let [connection, number, frames, last] = [0, 0, 0, 0]
  const shown = new Map<string, Said>()
  const traded = new Map<string, Said[]>()

  function put(at: number, more: Partial<RawRecord>): void {
    last = Math.max(last, micros(at + delay(frames++)))
    const name = `${role ?? 'only'}-${connection}`
    sent.push({ ...more, received_at: last, feed: 'coinbase', connection: name, role, file: 'f', line: 1 })
  }
  const send = (at: number, text: string) => put(at, { frame: JSON.parse(text), text })

  function open(at: number): void {
    connection++
    number = 0
    put(at, { control: 'open' })
    for (const product of products) {
      const quote = shown.get(product)?.quote
      if (quote) send(at, ticker(number++, at + skew, product, quote.fields))
    }
    send(at, subscriptions(number++, at + skew, products))
    const recent = [...traded].flatMap(([product, said]) =>
      said.slice(-20).map(({ at, trade }) => tradeOf(product, trade!.id, at)),
    )
    if (recent.length > 0) send(at, trades(number++, at + skew, recent.reverse()))
  }

  open(0)
  let down: Fault | undefined
  for (const said of market) {
    const { at } = said
    if (down && at >= down.to) {
      if (down.kind === 'silent') {
        // All that was under way comes at once.
        for (const late of market.filter(one => one.at >= down!.from && one.at < down!.to)) say(late, at)
      } else open(down.to)
      down = undefined
    }
    if (said.quote) shown.set(said.quote.product, said)
    if (said.trade) traded.set(said.trade.product, [...(traded.get(said.trade.product) ?? []), said])
    const fault = outages.find(({ from, to }) => at >= from && at < to)
    if (fault && !down) {
      down = fault
      if (fault.kind === 'stale') put(fault.from + 2, { control: 'stale' })
      if (fault.kind === 'close' || fault.kind === 'stale') put(fault.from + 2, { control: 'close' })
    }
    if (down) continue
    if (faults.some(({ kind, from, to }) => kind === 'loss' && at >= from && at < to)) number++
    else say(said, at)
  }
  return sent

  function say({ at, quote, trade: deal }: Said, arrival: number): void {
    const time = at + skew
    if (quote) send(arrival, ticker(number++, time, quote.product, quote.fields))
    else if (deal) send(arrival, trades(number++, time, [tradeOf(deal.product, deal.id, at)]))
    else send(arrival, heartbeat(number++, time))
  }
}

/** As one writer has them: by arrival. */
export function together(...lines: Sent[][]): Sent[] {
  return lines.flat().sort((a, b) => a.received_at - b.received_at)
}

/** A trade's own time is a little before that of its frame. */
function tradeOf(product: string, id: string, at: number): object {
  return trade(id, Math.max(0, at - 0.05), product)
}
