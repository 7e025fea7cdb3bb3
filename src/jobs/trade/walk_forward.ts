import type { CandleTable } from '../../core/events/candle_values.ts'
import type { Micros } from '../../core/events/event.ts'
import { candleColumns, type WindowKind } from '../../core/indicators/candle_columns.ts'
import { rsiKinds } from '../../core/indicators/rsi.ts'
import type { Paired } from '../../core/models/metrics/paired.ts'
import { decisionsOf, walkPortfolio } from '../../core/trading/backtest.ts'
import { type BrokerName, brokers, startingBudget } from '../../core/trading/broker.ts'
import { buyAndHold, valuesOf } from '../../core/trading/equity.ts'
import type { Rule } from '../../core/trading/signals/rule.ts'
import { exitNames, rules } from '../../core/trading/signals/rules.ts'
import { standingAside } from '../../core/trading/signals/stand_aside.ts'
import { ratioOfTotals } from './judge.ts'

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

/** The candles that variants are chosen and judged on. */
export interface Field {
  candles: CandleTable
  windows: WindowKind
  interval: Micros
  broker: BrokerName
}

/** A walk-forward whose rules stand aside, beside the one whose rules do not. */
export interface AsideForward {
  plain: WalkForward
  aside: WalkForward
  /** The total of the one that stands aside over that of the other, candle by candle resampled together. */
  ratio: Paired
}

/**
 * Judges the choice of a variant as a model is judged: of each block's candidates (RSI by each of three, either exit) the one is taken
 * that did best on what came before, and the block shows what that was worth. Nothing of a block chooses for it.
 * @returns null where the candles are too few for a block after those that only choose.
 */
export function walkRules(field: Field): WalkForward | null {
  return walk(field, [0, field.candles.rows], rule => rule)?.forward ?? null
}

/**
 * Judges standing aside as `walkRules` judges the rule: over the candles that have predictions, each of the two chooses its own variant
 * for each block by what came before it.
 * @param spike as `decisionsOf` takes it. @returns null where the candles with predictions are too few.
 */
export function walkAside(field: Field, spike: Float64Array): AsideForward | null {
  const range = knownRange(spike)
  const plain = walk(field, range, rule => rule)
  const aside = walk(field, range, standingAside, spike)
  if (plain === null || aside === null) return null
  const start = field.candles.start.subarray(plain.from, plain.from + plain.values.length)
  return { plain: plain.forward, aside: aside.forward, ratio: ratioOfTotals(aside.values, plain.values, start) }
}

/** From the first row that has a value to behind the last. */
export function knownRange(spike: Float64Array): [number, number] {
  const isKnown = (value: number): boolean => !Number.isNaN(value)
  return [Math.max(0, spike.findIndex(isKnown)), spike.findLastIndex(isKnown) + 1]
}

interface Walked {
  forward: WalkForward
  /** First candle of the first block. */
  from: number
  /** Value of the portfolio at each candle from there on, the blocks one after the other. */
  values: Float64Array
}

function walk(
  { candles, windows, interval, broker }: Field,
  [first, end]: [number, number],
  kindOf: (rule: Rule) => Rule,
  spike?: Float64Array,
): Walked | null {
  const candidates = rsiKinds.flatMap(kind => {
    const columns = candleColumns(candles, kind, windows, interval)
    return exitNames.map(exit => {
      return { name: `${kind} ${exit}`, columns, decisions: decisionsOf(columns, kindOf(rules[exit]), spike) }
    })
  })
  const valuesIn = ({ columns, decisions }: (typeof candidates)[number], range: [number, number]): Float64Array => {
    const { rows } = walkPortfolio(candles, columns, decisions, broker, range)
    const values = valuesOf({ rows })
    values[values.length - 1] = soldAt(rows[rows.length - 1], brokers[broker].fee)
    return values
  }
  const from = first + Math.floor(firstShare * (end - first))
  const blocks: ForwardBlock[] = []
  const values = new Float64Array(end - from)
  let [total, hold] = [startingBudget, startingBudget]
  for (let at = from; end - at >= blockCandles / 2; at += blockCandles) {
    const to = Math.min(end, at + blockCandles)
    const [best] = candidates
      .map(candidate => ({ candidate, total: valuesIn(candidate, [first, at]).at(-1)! }))
      .sort((a, b) => b.total - a.total)
    const inBlock = valuesIn(best.candidate, [at, to])
    values.set(
      inBlock.map(value => (total * value) / startingBudget),
      at - from,
    )
    const held = buyAndHold(candles, brokers[broker], [at, to]).at(-1)!
    const told = { total: inBlock[inBlock.length - 1], buy_and_hold: held }
    blocks.push({ start: candles.start[at], candles: to - at, chosen: best.candidate.name, ...told })
    total = (total * told.total) / startingBudget
    hold = (hold * held) / startingBudget
  }
  if (blocks.length === 0) return null
  const forward = { blocks, candidates: candidates.map(({ name }) => name), total, buy_and_hold: hold }
  const judged = blocks.reduce((sum, block) => sum + block.candles, 0)
  return { forward, from, values: values.subarray(0, judged) }
}

function soldAt({ budget, crypto, price }: { budget: number; crypto: number; price: number }, fee: number): number {
  return budget + crypto * price * (1 - fee)
}
