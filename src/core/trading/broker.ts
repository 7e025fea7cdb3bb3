import type { Signal } from './signals/rule.ts'

/** A paper broker: where an order is filled, what it costs, and how much of the coin a budget buys. It sends nothing to anybody. */
export interface Broker {
  /** `close`: at the close of the candle that gave the signal; `next_open`: at the open of the one after it. */
  fillsAt: 'close' | 'next_open'
  /** Share of what is paid or taken in, on both sides. */
  fee: number
  /** Coins for all of the budget; 0 where it does not buy any. @param price of one, the fee in it. @param costOf so many, as it is paid. */
  amountFor(budget: number, price: number, costOf: (coins: number) => number): number
  /** Whether a BUY of nothing is written down as one. */
  logsNothing: boolean
}

export const brokerNames = ['seed', 'fractional', 'next_open'] as const
export type BrokerName = (typeof brokerNames)[number]

export const startingBudget = 10_000
const lot = 1e-5

/**
 * `seed`: whole coins only, so a budget of 10,000 never buys one that costs more. `fractional`: any share of a coin; both at
 * the close of the signal's own candle, which nobody can get, and without a fee. `next_open`: what can be had: the next open, 10
 * basis points a side, lots of 0.00001.
 */
export const brokers: Record<BrokerName, Broker> = {
  seed: { fillsAt: 'close', fee: 0, amountFor: wholeCoins, logsNothing: true },
  fractional: { fillsAt: 'close', fee: 0, amountFor: anyShare, logsNothing: true },
  next_open: {
    ...{ fillsAt: 'next_open', fee: 0.001, logsNothing: false },
    amountFor: wholeLots,
  },
}

/** A quotient that was rounded up would cost more than there is. */
function anyShare(budget: number, price: number): number {
  const amount = budget / price
  return amount * price > budget ? amount * (1 - Number.EPSILON) : amount
}

/** As many lots as the money is enough for, as what they cost is rounded too. */
function wholeLots(budget: number, price: number, costOf: (amount: number) => number): number {
  const lots = Math.floor(budget / price / lot)
  return (costOf(lots * lot) > budget ? lots - Math.max(1, 4 * Number.EPSILON * lots) : lots) * lot
}

/** Python's `budget // price`: the floor of the exact quotient, where the floor of the rounded one can be one too many. */
export function wholeCoins(budget: number, price: number): number {
  const exact = (budget - (budget % price)) / price
  const floor = Math.floor(exact)
  return exact - floor > 0.5 ? floor + 1 : floor
}

/** What a broker did with a signal. */
export interface Fill {
  signal: Exclude<Signal, 'HOLD'>
  amount: number
  price: number
  /** Money that left the budget (BUY) or came into it (SELL), fee included. */
  paid: number
  /** The fee in it. */
  fee: number
  feeRate: number
  at: Broker['fillsAt']
}

/** The fill of an order for all of the budget, or of all coins; null where it does nothing. */
export function fillOf(
  { fee: feeRate, amountFor, logsNothing, fillsAt: at }: Broker,
  signal: Signal,
  price: number,
  { budget, crypto }: { budget: number; crypto: number },
): Fill | null {
  if (signal === 'BUY' && crypto === 0) {
    const costOf = (coins: number): number => coins * price * (1 + feeRate)
    const amount = amountFor(budget, price * (1 + feeRate), costOf)
    const paid = costOf(amount)
    const fee = paid - amount * price
    return amount > 0 || logsNothing ? { signal, amount, price, paid, fee, feeRate, at } : null
  }
  if (signal === 'SELL' && crypto > 0) {
    const paid = crypto * price * (1 - feeRate)
    return { signal, amount: crypto, price, paid, fee: crypto * price - paid, feeRate, at }
  }
  return null
}
