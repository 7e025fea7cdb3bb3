import type { z } from 'zod'
import type {
  alertsBody,
  anomaliesBody,
  candlesBody,
  driftBody,
  faultBody,
  healthBody,
  portfolioBody,
  predictionsBody,
  sentimentBody,
  windowsBody,
} from '../../bodies.ts'

/** The API's answers, as its schemas have them; times in seconds of market time. */
export type Health = z.infer<typeof healthBody>
export type Candles = z.infer<typeof candlesBody>
export type Windows = z.infer<typeof windowsBody>
export type Predictions = z.infer<typeof predictionsBody>
export type Portfolios = z.infer<typeof portfolioBody>
export type Drift = z.infer<typeof driftBody>
export type Alerts = z.infer<typeof alertsBody>
export type Anomalies = z.infer<typeof anomaliesBody>
export type Sentiment = z.infer<typeof sentimentBody>

export type Indicators = Pick<Candles['candles'][number], 'ma20' | 'ma50' | 'rsi'>
export type Candle = Omit<Candles['candles'][number], keyof Indicators | 'signal'>
export type Window = Windows['windows'][number]
export type Prediction = Predictions['history'][number]
export type TurnedOut = Predictions['turned_out']
export type Settled = TurnedOut['strip'][number]
export type PaperPortfolio = Portfolios['portfolios'][number]
export type Fill = PaperPortfolio['fills'][number]

/** Why there is no answer. */
export type Fault = z.infer<typeof faultBody>

/** Health is told with 503, too. */
export async function ask<Answer extends object>(path: string): Promise<Answer | Fault> {
  try {
    const reply = await fetch(path)
    return await reply.json()
  } catch {
    return { error: 'the API does not answer' }
  }
}

export function isFault(answer: object): answer is Fault {
  return 'error' in answer
}
