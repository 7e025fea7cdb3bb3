import type { CandleTable } from '../../core/events/candle_values.ts'
import type { Micros } from '../../core/events/event.ts'
import { candleColumns, type WindowKind } from '../../core/indicators/candle_columns.ts'
import { rsiKinds } from '../../core/indicators/rsi.ts'
import { decisionsOf, walkPortfolio } from '../../core/trading/backtest.ts'
import { type BrokerName, brokers, startingBudget } from '../../core/trading/broker.ts'
import { buyAndHold } from '../../core/trading/equity.ts'
import { exitNames, rules } from '../../core/trading/signals/rules.ts'

/** Share of the candles that only choose, and how many are judged at a time. */
const [firstShare, blockCandles] = [0.4, 240]

export interface ForwardBlock {
  start: Micros
  candles: number
  /** The variant that had the highest total over all candles before the block. */
  chosen: string
  /** What 10,000 came to in the block, begun flat, its coins sold at its end. */
  total: number
  buy_and_hold: number
}

export interface WalkForward {
  blocks: ForwardBlock[]
  candidates: string[]
  /** What 10,000 came to over all blocks, one after the other. */
  total: number
  buy_and_hold: number
}

/**
 * Judges the choice of a variant as a model is judged: of each block's candidates (RSI by each of three, either exit) the one is taken
 * that did best on what came before, and the block shows what that was worth. Nothing of a block chooses for it.
 * @returns null where the candles are too few for a block after those that only choose.
 */
export function walkRules(
  candles: CandleTable,
  windows: WindowKind,
  interval: Micros,
  broker: BrokerName,
): WalkForward | null {
  const candidates = rsiKinds.flatMap(kind => {
    const columns = candleColumns(candles, kind, windows, interval)
    return exitNames.map(exit => ({ name: `${kind} ${exit}`, columns, decisions: decisionsOf(columns, rules[exit]) }))
  })
  const totalOf = ({ columns, decisions }: (typeof candidates)[number], range: [number, number]): number =>
    soldAt(walkPortfolio(candles, columns, decisions, broker, range).rows.at(-1)!, brokers[broker].fee)
  const blocks: ForwardBlock[] = []
  for (
    let from = Math.floor(firstShare * candles.rows);
    candles.rows - from >= blockCandles / 2;
    from += blockCandles
  ) {
    const to = Math.min(candles.rows, from + blockCandles)
    const [best] = candidates
      .map(candidate => ({ candidate, total: totalOf(candidate, [0, from]) }))
      .sort((a, b) => b.total - a.total)
    blocks.push({
      ...{ start: candles.start[from], candles: to - from, chosen: best.candidate.name },
      total: totalOf(best.candidate, [from, to]),
      buy_and_hold: buyAndHold(candles, brokers[broker], [from, to]).at(-1)!,
    })
  }
  if (blocks.length === 0) return null
  const chained = (of: (block: ForwardBlock) => number): number =>
    blocks.reduce((value, block) => (value * of(block)) / startingBudget, startingBudget)
  return {
    ...{ blocks, candidates: candidates.map(({ name }) => name) },
    total: chained(block => block.total),
    buy_and_hold: chained(block => block.buy_and_hold),
  }
}

function soldAt({ budget, crypto, price }: { budget: number; crypto: number; price: number }, fee: number): number {
  return budget + crypto * price * (1 - fee)
}
