import type { Micros } from '../events/event.ts'
import { type AnomalyFeatures, anomalyFeatures } from './anomaly_features.ts'
import type { Json } from './indicator.ts'
import { RollingForest, type RollingForestOptions } from './isolation_forest/rolling_forest.ts'
import type { MeanKind } from './mean_price.ts'
import { type MinuteAggregates, rememberedSeconds, type TradeAggregates, TradeAggregator } from './trade_aggregates.ts'
import type { TradeValues } from './trade_values.ts'

export interface ActivitySettings {
  features: AnomalyFeatures
  forest: RollingForestOptions
  mean: MeanKind
}

/** What is said of a trade beside its aggregates; null before the first model of its ticker. */
export interface AnomalyVerdict {
  /** -1 to 0, the lower the more it stands apart. */
  anomaly_score: number | null
  anomaly: boolean | null
  model_version: number | null
}

/** After so long without a trade a ticker begins anew: nothing of its former life says anything of the next. */
const longestSilence: Micros = 7 * 86_400e6

interface ActivityState {
  aggregator: Json
  events: number
}

/** Aggregates and anomaly scores of one ticker's trades, in the order of their time: the same trades give the same bits. */
export class TickerActivity {
  readonly #settings: ActivitySettings
  readonly #closed: (minute: MinuteAggregates) => void
  #aggregator: TradeAggregator
  #forest: RollingForest
  #last: Micros | null = null

  /** @param closed is told of each minute with trades once it is over. */
  constructor(settings: ActivitySettings, closed: (minute: MinuteAggregates) => void) {
    this.#settings = settings
    this.#closed = closed
    this.#aggregator = new TradeAggregator(closed, settings.mean)
    this.#forest = new RollingForest(settings.forest)
  }

  /** Time of the last trade; null before. */
  get last(): Micros | null {
    return this.#last
  }

  /** Trades since it began, or began anew. */
  get events(): number {
    return this.#forest.events
  }

  /** @param trade none before the last one in time, nor in a minute that was closed. */
  push(trade: TradeValues): TradeAggregates & AnomalyVerdict {
    if (this.#last !== null && trade.time - this.#last > longestSilence) {
      this.#aggregator.clock(trade.time)
      this.#aggregator = new TradeAggregator(this.#closed, this.#settings.mean)
      this.#forest = new RollingForest(this.#settings.forest)
    }
    this.#last = trade.time
    const aggregates = this.#aggregator.push(trade)
    const score = this.#forest.push(anomalyFeatures[this.#settings.features](trade, aggregates))
    return {
      ...aggregates,
      ...{ anomaly_score: score?.score ?? null, anomaly: score?.anomaly ?? null, model_version: score?.model ?? null },
    }
  }

  /** As `TradeAggregator.clock`. */
  clock(time: Micros): Micros | null {
    return this.#aggregator.clock(time)
  }

  /** As `RollingForest.anticipate`. */
  anticipate(): boolean {
    return this.#forest.anticipate()
  }

  /** What the next life needs beside the trades from `needsFrom` on. */
  state(): Json {
    return { aggregator: this.#aggregator.state(), events: this.#forest.events } satisfies ActivityState
  }

  /** From which of its trades on, by number and by time, the next life needs to see them again. */
  needsFrom(): { event: number; time: Micros } {
    const { window, every } = this.#settings.forest
    return { event: this.#forest.events - window - every, time: (this.#last ?? 0) - 1e6 * rememberedSeconds }
  }

  /** Goes on where a former one stood. @param recent its trades as they were told, from `needsFrom` on or earlier, oldest first. */
  restore(state: Json, recent: readonly (TradeValues & TradeAggregates)[]): void {
    const { aggregator, events } = state as unknown as ActivityState
    this.#last = recent.at(-1)?.time ?? null
    this.#aggregator.restore(aggregator, recent)
    const { window, every } = this.#settings.forest
    const again = recent.slice(-Math.min(events, window + every))
    this.#forest.resume(events - again.length)
    for (const trade of again) this.#forest.push(anomalyFeatures[this.#settings.features](trade, trade))
  }
}
