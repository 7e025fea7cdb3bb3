/**
 * `spike60/trading`: a rule on candles, paper brokers and a portfolio whose ledger balances. It places no order, anywhere. Runs in
 * Node 20 and newer, a worker, a browser.
 * @module
 */
export { decisionsOf, type Walk, walkPortfolio } from '../core/trading/backtest.ts'
export { type Broker, brokers } from '../core/trading/broker.ts'
export { buyAndHold, drawdownOf, turnoverOf } from '../core/trading/equity.ts'
export { Balances, fillEntry, type LedgerEntry, openingEntry } from '../core/trading/ledger.ts'
export { Portfolio } from '../core/trading/portfolio.ts'
export type { Decision, Rule, RuleInput } from '../core/trading/signals/rule.ts'
export { rules } from '../core/trading/signals/rules.ts'
export { standingAside } from '../core/trading/signals/stand_aside.ts'
export { Trader, type TraderSettings } from '../core/trading/trader.ts'
