import type { CandleValues } from '../events/candle_values.ts'
import type { Micros } from '../events/event.ts'
import type { Json } from '../indicators/indicator.ts'
import { type Broker, type BrokerName, brokers, type Fill, fillOf, startingBudget } from './broker.ts'
import { type Decision, hold, type RuleInput, type Signal } from './signals/rule.ts'

/** What stands at the end of a candle, one row a candle, HOLD too. */
export interface PortfolioRow {
  action: Signal
  /** Coins held. */
  crypto: number
  /** The close, at which they are valued. */
  price: number
  budget: number
  total_value: number
}

/** A signal on its way to a fill, with what led to it. */
export interface Order extends Decision {
  /** When the candle of the signal opened. */
  start: Micros
  inputs: RuleInput
}

export interface Trade {
  fill: Fill
  order: Order
  /** The candle at whose close or open it was filled. */
  candle: CandleValues
}

interface Standing {
  budget: number
  crypto: number
  pending: Order | null
}

/** All money or all coin of one product, by one broker: long or flat. The same orders in the same order give the same bits. */
export class Portfolio {
  private readonly broker: Broker
  private now: Standing

  constructor(broker: BrokerName | Broker, budget = startingBudget) {
    this.broker = typeof broker === 'string' ? brokers[broker] : broker
    this.now = { budget, crypto: 0, pending: null }
  }

  /** Takes in the next candle and what the rule said at its close. */
  look(candle: CandleValues, decision: Decision, inputs: RuleInput): { row: PortfolioRow; trade: Trade | null } {
    const { now, broker } = this
    const order = decision.signal === 'HOLD' ? null : { ...decision, start: candle.start, inputs }
    const isNext = broker.fillsAt === 'next_open'
    const trade = this.fill(isNext ? now.pending : order, isNext ? candle.open : candle.close, candle)
    now.pending = isNext ? order : null
    const { budget, crypto } = now
    const action = trade?.fill.signal ?? hold.signal
    return { row: { action, crypto, price: candle.close, budget, total_value: budget + crypto * candle.close }, trade }
  }

  private fill(order: Order | null, price: number, candle: CandleValues): Trade | null {
    const fill = order && fillOf(this.broker, order.signal, price, this.now)
    if (order === null || fill === null) return null
    if (fill.signal === 'BUY') {
      this.now.crypto += fill.amount
      this.now.budget -= fill.paid
    } else {
      this.now.crypto -= fill.amount
      this.now.budget += fill.paid
    }
    return { fill, order, candle }
  }

  state(): Json {
    return JSON.parse(JSON.stringify(this.now))
  }

  restore(state: Json): void {
    this.now = state as unknown as Standing
  }
}
