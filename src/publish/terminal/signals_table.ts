import type { Paired } from '../../core/models/metrics/paired.ts'
import { startingBudget } from '../../core/trading/broker.ts'
import { likelySpike } from '../../core/trading/signals/stand_aside.ts'
import type { TraderSettings } from '../../core/trading/trader.ts'
import type { ComparedAside } from '../../jobs/trade/compare_aside.ts'
import type { JudgedPortfolio } from '../../jobs/trade/judge.ts'
import type { SignalRows } from '../../jobs/trade/signals.ts'
import { aligned } from './text_table.ts'

type Judged = SignalRows['judged']

/** The figures alone: for machines. */
export function signalSummary(result: SignalRows, settings: TraderSettings) {
  const { candles, digest, counts: signals, judged, predicted, forward } = result
  const { counts, others, interval, product, simulated } = candles
  return {
    ...{ rows: candles.table.rows, digest, signals, portfolio: figuresOf(judged) },
    ...{
      ...(predicted && {
        predicted: { ...predicted, plain: figuresOf(predicted.plain), aside: figuresOf(predicted.aside) },
      }),
      walk_forward: forward,
    },
    ...{ product, simulated, interval_s: interval / 1e6, candles: { ...counts, others }, settings },
  }
}

function figuresOf({ walk: _, hold: __, ...figures }: Judged): JudgedPortfolio {
  return figures
}

/** The same for people: never a total without what it must be seen with. */
export function describeSignals(result: SignalRows, settings: TraderSettings): string {
  const { candles, digest, counts } = result
  const { rsi, windows, exit, portfolio } = settings
  const { missing, repeated, conflicting, bad, unfinished } = candles.counts
  return [
    `${candles.table.rows} candles${candles.simulated ? ' of a simulated market' : ''} (${missing} missing, ${repeated} repeated, ${conflicting} told otherwise, ${bad} impossible, ${unfinished} unfinished)`,
    `rsi ${rsi} over ${windows}, exit ${exit}, portfolio ${portfolio}: ${counts.BUY} BUY, ${counts.SELL} SELL, ${counts.HOLD} HOLD`,
    aligned(figureTable(result)),
    ...signalSentences(result),
    `digest ${digest}`,
  ].join('\n')
}

/** Every total with what it must be seen with; the first line names the columns. */
export function figureTable({ judged, predicted }: SignalRows): string[][] {
  return [
    ['', 'total', '95 %', 'without fee', 'buy and hold', 'trades', 'drawdown', 'turnover', 'in coin'],
    figureLine('the rule', judged),
    ...(predicted
      ? [figureLine('where predicted', predicted.plain), figureLine('standing aside', predicted.aside)]
      : []),
  ]
}

/** What the figures come to, in sentences. */
export function signalSentences({ judged, predicted, forward }: SignalRows): string[] {
  const walk =
    forward === null
      ? 'Walk-forward: too few candles.'
      : `Walk-forward, the variant chosen by what came before each of ${forward.blocks.length} blocks: ${money(forward.total)}; buy and hold ${money(forward.buy_and_hold)}.`
  return [verdictOf(judged), walk, ...(predicted ? describeAside(predicted) : [])]
}

function describeAside({ ratio, left_out, forward }: NonNullable<SignalRows['predicted']>): string[] {
  const highest = Math.round(100 * (1 - likelySpike))
  const whole = `Standing aside where the probability of a spike is in the highest ${highest} % so far left out ${left_out} BUY and made ${timesAsMuch(ratio)}.`
  if (forward === null) return [whole, 'Standing aside in a walk-forward: too few candles with predictions.']
  const { plain, aside, ratio: judged } = forward
  const walked = `${money(aside.total)} beside ${money(plain.total)}, ${timesAsMuch(judged)}`
  return [
    whole,
    `Both in a walk-forward of ${plain.blocks.length} blocks, each block with the variant that did best before it: ${walked}: ${verdict(judged)}.`,
  ]
}

function timesAsMuch({ value, low, high }: Paired): string {
  const interval = low === null || high === null ? '' : ` (95 % ${low.toFixed(3)} to ${high.toFixed(3)})`
  return `${value.toFixed(3)} times as much${interval}`
}

function verdict({ value, low, high }: Paired): string {
  if (value === 1 && low === 1 && high === 1) return 'no difference at all'
  if (low === null || high === null) return 'too few candles for an interval'
  return low > 1 ? 'better, and hardly by chance' : high < 1 ? 'worse, and hardly by chance' : 'no difference is shown'
}

function figureLine(name: string, judged: JudgedPortfolio): string[] {
  const { total, interval, fee_free, buy_and_hold, trades, drawdown, turnover, exposure } = judged
  const range = interval ? `${money(interval.low)} to ${money(interval.high)}` : '-'
  const shares = [percent(drawdown), turnover.toFixed(2), percent(exposure)]
  return [name, money(total), range, money(fee_free), money(buy_and_hold), String(trades), ...shares]
}

/** In one sentence; the interval decides. */
function verdictOf({ total, trades, over_hold: { value, low, high } }: JudgedPortfolio): string {
  const paper = 'On paper; no order is ever placed.'
  if (trades === 0) return `Nothing was traded: ${money(total)} as before. ${paper}`
  const made = `Of ${money(startingBudget)} it made ${money(total)}, ${value.toFixed(3)} times what buy and hold made`
  if (low === null || high === null) return `${made}; too few candles for an interval. ${paper}`
  const interval = `95 % ${low.toFixed(3)} to ${high.toFixed(3)}`
  const judged = low > 1 ? 'more than chance' : high < 1 ? 'less, and hardly by chance' : 'which chance alone can do'
  return `${made} (${interval}): ${judged}. ${paper}`
}

function money(value: number): string {
  return value.toFixed(2)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** Standing aside beside the rule as it is, a line a product. */
export function describeComparison(compared: ComparedAside[]): string {
  if (compared.length === 0) return 'no two candles of a product were looked at by both; let both jobs run longer'
  const percent = (share: number): string => `${(100 * (share - 1)).toFixed(2)} %`
  const lines = compared.map(({ product, candles, plain, aside, bought, left_out, ratio: { value, low, high } }) => [
    ...[product, `${candles}`, percent(plain), percent(aside), `${bought}`, `${left_out}`, value.toFixed(4)],
    low === null || high === null ? '–' : `${low.toFixed(4)} to ${high.toFixed(4)}`,
  ])
  const head = ['product', 'candles', 'rule', 'standing aside', 'purchases', 'left out', 'ratio', '95 %']
  return `${aligned([head, ...lines])}\nOn paper; no order is ever placed.`
}
