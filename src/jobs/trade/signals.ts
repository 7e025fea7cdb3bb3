import { createHash } from 'node:crypto'
import { candleColumns, type IndicatorColumns, indicatorBytes } from '../../core/indicators/candle_columns.ts'
import type { Paired } from '../../core/models/metrics/paired.ts'
import { decisionsOf } from '../../core/trading/backtest.ts'
import { valuesOf } from '../../core/trading/equity.ts'
import type { Decision, Signal } from '../../core/trading/signals/rule.ts'
import { rules } from '../../core/trading/signals/rules.ts'
import { standingAside } from '../../core/trading/signals/stand_aside.ts'
import type { TraderSettings } from '../../core/trading/trader.ts'
import { writeColumns } from '../../stores/write_columns.ts'
import type { CandleFile } from './candle_file.ts'
import { judgePortfolio, ratioOfTotals } from './judge.ts'
import { type AsideForward, knownRange, walkAside, walkRules } from './walk_forward.ts'

type Judged = ReturnType<typeof judgePortfolio>

export interface SignalRows {
  candles: CandleFile
  columns: IndicatorColumns
  decisions: Decision[]
  /** SHA-256 over MA20, MA50 and RSI, row by row. */
  digest: string
  counts: Record<Signal, number>
  judged: Judged
  /** Over the candles that have predictions: the rule as it is, and standing aside where a spike is likely; null without. */
  predicted: { plain: Judged; aside: Judged; ratio: Paired; left_out: number; forward: AsideForward | null } | null
  forward: ReturnType<typeof walkRules>
}

/**
 * Indicators, signals and the paper portfolio of a file of candles, judged.
 * @param spike how high the probability of a spike was at each candle's end, where there are predictions.
 */
export function signalRows(candles: CandleFile, settings: TraderSettings, spike?: Float64Array): SignalRows {
  const { rsi, windows, exit, portfolio } = settings
  const { table, interval } = candles
  const columns = candleColumns(table, rsi, windows, interval)
  const field = { candles: table, windows, interval, broker: portfolio }
  const judge = (decisions: Decision[], range?: [number, number]): Judged =>
    judgePortfolio(table, columns, decisions, portfolio, range)
  const decisions = decisionsOf(columns, rules[exit])
  const counts = { BUY: 0, SELL: 0, HOLD: 0 }
  for (const { signal } of decisions) counts[signal]++
  return {
    ...{ candles, columns, decisions, counts, judged: judge(decisions) },
    digest: createHash('sha256').update(indicatorBytes(columns)).digest('hex'),
    predicted: spike === undefined ? null : judgeAside(spike),
    forward: walkRules(field),
  }

  function judgeAside(spike: Float64Array): SignalRows['predicted'] {
    const range = knownRange(spike)
    if (range[1] === 0) return null
    const standing = decisionsOf(columns, standingAside(rules[exit]), spike)
    const [plain, aside] = [judge(decisions, range), judge(standing, range)]
    const ratio = ratioOfTotals(valuesOf(aside.walk), valuesOf(plain.walk), table.start.subarray(...range))
    const buys = (all: Decision[]): number => all.slice(...range).filter(({ signal }) => signal === 'BUY').length
    return { plain, aside, ratio, left_out: buys(decisions) - buys(standing), forward: walkAside(field, spike) }
  }
}

/** Writes one row a candle as Parquet, under the names that the original has for them. */
export async function writeSignalRows(path: string, result: SignalRows, settings: TraderSettings): Promise<void> {
  const { candles, columns, decisions, digest } = result
  const { rows } = result.judged.walk
  const signals = decisions.map(({ signal }) => signal)
  const { start, open, high, low, close, volume } = candles.table
  const numbers = (name: string, values: ArrayLike<number>) => ({ name, type: 'DOUBLE' as const, values })
  const ofPortfolio = (['crypto', 'budget', 'total_value'] as const).map(name =>
    numbers(
      name,
      rows.map(row => row[name]),
    ),
  )
  await writeColumns(
    path,
    [
      { name: 'product', type: 'VARCHAR', values: signals.map(() => candles.product) },
      { name: 'timestamp', type: 'BIGINT', values: start.map(micros => Math.floor(micros / 1000)) },
      ...Object.entries({ open, high, low, close, volume }).map(([name, values]) => numbers(name, values)),
      ...[numbers('MA20', columns.ma20), numbers('MA50', columns.ma50), numbers('RSI', columns.rsi)],
      { name: 'signal', type: 'VARCHAR', values: signals },
      { name: 'action', type: 'VARCHAR', values: rows.map(({ action }) => action) },
      ...ofPortfolio,
    ],
    {
      'spike60.digest': digest,
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`spike60.${name}`, value])),
    },
  )
}
