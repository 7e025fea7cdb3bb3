import { type CandleTable, candleAt } from '../events/candle_values.ts'
import type { IndicatorColumns } from '../indicators/candle_columns.ts'
import type { Broker, BrokerName } from './broker.ts'
import { Portfolio, type PortfolioRow, type Trade } from './portfolio.ts'
import type { Decision, Rule, RuleInput } from './signals/rule.ts'

/** What a paper portfolio was in each row, and its trades. */
export interface Walk {
  rows: PortfolioRow[]
  trades: Trade[]
}

/**
 * What a rule says of each row, by that row and those before it.
 * @param spike how high the probability of a spike was at each row, as `RuleInput` has it; NaN where nothing is known.
 */
export function decisionsOf(columns: IndicatorColumns, rule: Rule, spike?: Float64Array): Decision[] {
  const running = rule.make()
  return Array.from({ length: columns.rsi.length }, (_, row) => running.decide(inputsAt(columns, row, spike)))
}

/** What the rule saw in a row; null where the column has nothing. */
function inputsAt({ ma20, ma50, rsi }: IndicatorColumns, row: number, spike?: Float64Array): RuleInput {
  const at = (column: Float64Array): number | null => (Number.isNaN(column[row]) ? null : column[row])
  const inputs = { ma20: at(ma20), ma50: at(ma50), rsi: at(rsi) }
  return spike === undefined ? inputs : { ...inputs, spike: at(spike) }
}

/** Walks a fresh portfolio over the rows [from, to): what the job does candle by candle. */
export function walkPortfolio(
  candles: CandleTable,
  columns: IndicatorColumns,
  decisions: Decision[],
  broker: BrokerName | Broker,
  [from, to]: [number, number] = [0, candles.rows],
): Walk {
  const portfolio = new Portfolio(broker)
  const walk: Walk = { rows: [], trades: [] }
  for (let i = from; i < to; i++) {
    const { row, trade } = portfolio.look(candleAt(candles, i), decisions[i], inputsAt(columns, i))
    walk.rows.push(row)
    if (trade) walk.trades.push(trade)
  }
  return walk
}
