import type { Micros } from '../events/event.ts'
import { decodeRecord } from '../events/json_record.ts'
import type { Trade } from './portfolio.ts'
import type { RuleInput } from './signals/rule.ts'

/**
 * `cash` and `coins` are what the paper portfolio has, `fees` what it paid for trading, `market` the other side of each trade,
 * `capital` where the first budget comes from.
 */
export type Account = 'cash' | 'coins' | 'fees' | 'market' | 'capital'

/** What an account gains (above 0) or loses in a unit: `money` or `coin`. The postings of an entry sum to zero in each unit. */
export interface Posting {
  account: Account
  unit: 'money' | 'coin'
  amount: number
}

/** One entry of the ledger, as it stands on its topic, key product: the opening of a portfolio, or a fill with all that led to it. */
export interface LedgerEntry {
  product: string
  /** Names the entry: it stands on the topic once, whatever dies in between. */
  id: string
  kind: 'opening' | 'fill'
  /** When the candle opened at whose close or open it was filled. */
  start: Micros
  postings: Posting[]
  fill: FillRecord | null
}

export interface FillRecord {
  side: 'BUY' | 'SELL'
  amount: number
  price: number
  /** Of which candle the price is which. */
  price_source: string
  fee: number
  fee_rate: number
  /** Of the rule, and which it is. */
  reason: string
  rule: string
  /** What the rule saw, and in which candle. */
  inputs: RuleInput
  signal_start: Micros
}

/** The budget that a portfolio begins with comes from somewhere too. */
export function openingEntry(product: string, start: Micros, budget: number): LedgerEntry {
  const postings: Posting[] = [
    { account: 'capital', unit: 'money', amount: -budget },
    { account: 'cash', unit: 'money', amount: budget },
  ]
  return { product, id: `${product} opening`, kind: 'opening', start, postings, fill: null }
}

/** A fill of nothing gives none. */
export function fillEntry(product: string, { fill, order, candle }: Trade, rule: string): LedgerEntry | null {
  const { signal: side, amount, price, paid, fee, feeRate, at } = fill
  if (amount === 0) return null
  const sign = side === 'BUY' ? 1 : -1
  // Of two numbers within a factor of two the difference is exact, so that the three sum to zero to the bit.
  const postings: Posting[] = [
    { account: 'cash', unit: 'money', amount: -sign * paid },
    { account: 'market', unit: 'money', amount: sign * (amount * price) },
    { account: 'fees', unit: 'money', amount: fee },
    { account: 'coins', unit: 'coin', amount: sign * amount },
    { account: 'market', unit: 'coin', amount: -sign * amount },
  ]
  return {
    ...{ product, id: `${product} ${candle.start} ${side}`, kind: 'fill', start: candle.start, postings },
    fill: {
      ...{ side, amount, price, fee, fee_rate: feeRate, reason: order.reason, rule },
      price_source: at === 'close' ? "close of the signal's candle" : "open of the candle after the signal's",
      ...{ inputs: order.inputs, signal_start: order.start },
    },
  }
}

export function encodeEntry(entry: LedgerEntry): string {
  return JSON.stringify(entry)
}

/** @returns null where the text is no entry. */
export function decodeEntry(text: string): LedgerEntry | null {
  return decodeRecord<LedgerEntry>(
    text,
    ({ product, id, postings }) => typeof product === 'string' && typeof id === 'string' && Array.isArray(postings),
  )
}

/** What the accounts of one product hold, folded in the order of the ledger: cash is the portfolio's budget to the bit. */
export class Balances {
  readonly totals = new Map<string, number>()
  private readonly ids = new Set<string>()
  /** What is wrong with the ledger, one line each; empty where it holds. */
  readonly faults: string[] = []

  add({ id, postings }: LedgerEntry): void {
    if (this.ids.has(id)) this.faults.push(`${id}: stands twice`)
    this.ids.add(id)
    for (const unit of ['money', 'coin'] as const) {
      let sum = 0
      for (const posting of postings) if (posting.unit === unit) sum += posting.amount
      if (sum !== 0) this.faults.push(`${id}: its postings in ${unit} sum to ${sum}, not to 0`)
    }
    for (const { account, unit, amount } of postings) {
      const key = `${account} ${unit}`
      this.totals.set(key, (this.totals.get(key) ?? 0) + amount)
    }
    for (const account of ['cash money', 'coins coin'])
      if (this.of(account) < 0) this.faults.push(`${id}: leaves ${this.of(account)} of ${account}`)
  }

  /** @param account with its unit, such as `cash money`. */
  of(account: string): number {
    return this.totals.get(account) ?? 0
  }
}
