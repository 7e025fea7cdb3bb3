import type { Micros } from '../../events/event.ts'
import { decodeRecord } from '../../events/json_record.ts'

/** What stands on `ticks.predictions`: one model's word on one row. */
export interface LivePrediction {
  product: string
  time: Micros
  model: string
  probability: number
  /** Whether the probability reaches the model's threshold. */
  alarm: boolean
  /** The sigma that a spike reaches, for the label to come. */
  tau: number
  /** End of the rows that the model was fitted on, ISO: it tells one champion from the next. Former scorers did not say it. */
  trained_until?: string
  /** What a plain forecast says of the same row, EWMA 120 s over tau: the model must beat it. Former scorers did not say it. */
  ewma?: number
}

export function encodePrediction(prediction: LivePrediction): string {
  return JSON.stringify(prediction)
}

/** @returns null when the text is not a prediction. */
export function decodePrediction(text: string): LivePrediction | null {
  return decodeRecord(
    text,
    ({ product, model, alarm, time, probability, tau }) =>
      typeof product === 'string' &&
      typeof model === 'string' &&
      typeof alarm === 'boolean' &&
      [time, probability, tau].every(Number.isFinite),
  )
}
