import { Recent } from '../../recent.ts'
import type {
  Candle,
  Candles,
  Fill,
  Indicators,
  PaperPortfolio,
  Prediction,
  Settled,
  TurnedOut,
  Window,
} from './answers.ts'

const day = 1440
const halfHour = 1800

/** All that the page holds of one product, bounded: a day of candles, half an hour of predictions. */
export class ProductData {
  readonly candles = new Recent<Candle>(day)
  readonly indicators = new Recent<Indicators & { start: number }>(day)
  readonly predictions = new Recent<Prediction>(halfHour)
  /** By the second that begins a minute: whether the 60 s from there on were a spike. */
  readonly spikes = new Recent<Settled>(day)
  /** By the candle in which it was filled and its side. */
  readonly fills = new Recent<Fill>(500)
  readonly windows = new Map<number, Recent<Window>>()
  turnedOut: TurnedOut | null = null
  portfolio: PaperPortfolio | null = null
  model: string | null = null
  /** Why there is no prediction. */
  reason: string | null = null
  /** Whether the API has been asked for all of it. */
  isLoaded = false

  /** @returns whether it is new, or newer than the one of its minute. */
  putCandle(candle: Candle): boolean {
    let isNews = true
    this.candles.put(candle.start, candle, former => {
      isNews = isNewer(candle, former)
      return isNews
    })
    return isNews
  }

  putCandles({ candles }: Candles): void {
    for (const candle of candles) {
      this.putCandle(candle)
      if (candle.ma20 !== null || candle.rsi !== null) this.putIndicators(candle.start, candle)
    }
  }

  putIndicators(start: number, { ma20, ma50, rsi }: Indicators): void {
    this.indicators.put(start, { start, ma20, ma50, rsi })
  }

  indicatorsByStart(): Map<number, Indicators> {
    return new Map(this.indicators.last().map(one => [one.start, one]))
  }

  putSettled(settled: Settled): void {
    if (settled.time % 60 === 0) this.spikes.put(settled.time, settled)
  }

  putFill(fill: Fill): void {
    this.fills.put(2 * fill.start + (fill.side === 'BUY' ? 0 : 1), fill)
  }

  putWindow(window: Window): void {
    const length = window.end - window.start
    if (!this.windows.has(length)) this.windows.set(length, new Recent(60))
    this.windows.get(length)!.put(window.start, window, former => window.revision > former.revision)
  }
}

/** Why a card is empty: there is no product, it has not been asked for yet, or what is given. */
export function whyEmpty(data: ProductData | null, why: string): string {
  if (data === null) return 'no product yet: no event has come'
  return data.isLoaded ? why : 'asking …'
}

/** The exchange's own candle goes before one of trades; of one source the higher revision. */
function isNewer(candle: Candle, former: Candle): boolean {
  if (candle.source !== former.source) return candle.source === 'exchange'
  return candle.revision > former.revision || (candle.revision === former.revision && candle.final && !former.final)
}
