import type { CandleValues } from '../events/candle_values.ts'
import type { Micros } from '../events/event.ts'
import type { WindowKind } from '../indicators/candle_columns.ts'
import { CandleIndicators, type IndicatorRow } from '../indicators/candle_indicators.ts'
import type { Json } from '../indicators/indicator.ts'
import type { RsiKind } from '../indicators/rsi.ts'
import type { BrokerName } from './broker.ts'
import { Portfolio, type PortfolioRow, type Trade } from './portfolio.ts'
import type { Decision, Rule, RunningRule } from './signals/rule.ts'
import { type ExitName, rules } from './signals/rules.ts'

/** Which of the named variants a trader is made of. */
export interface TraderSettings {
  rsi: RsiKind
  windows: WindowKind
  exit: ExitName
  portfolio: BrokerName
}

export interface TraderStep {
  indicators: IndicatorRow
  decision: Decision
  row: PortfolioRow
  trade: Trade | null
}

/** One product's indicators, rule and paper portfolio, a closed candle at a time. */
export class Trader {
  private readonly indicators: CandleIndicators
  private readonly rule: RunningRule
  private readonly portfolio: Portfolio

  constructor({ rsi, windows, exit, portfolio }: TraderSettings, interval: Micros, rule: Rule = rules[exit]) {
    this.indicators = new CandleIndicators(rsi, windows, interval)
    this.rule = rule.make()
    this.portfolio = new Portfolio(portfolio)
  }

  /** @param spike as `RuleInput` has it; absent without a model. */
  look(candle: CandleValues, spike?: number | null): TraderStep {
    const indicators = this.indicators.push(candle)
    const decision = this.rule.decide(spike === undefined ? indicators : { ...indicators, spike })
    return { indicators, decision, ...this.portfolio.look(candle, decision, indicators) }
  }

  state(): Json {
    return { indicators: this.indicators.state(), rule: this.rule.state(), portfolio: this.portfolio.state() }
  }

  restore(state: Json): void {
    const { indicators, rule, portfolio } = state as { indicators: Json; rule: Json; portfolio: Json }
    this.indicators.restore(indicators)
    this.rule.restore(rule)
    this.portfolio.restore(portfolio)
  }
}
