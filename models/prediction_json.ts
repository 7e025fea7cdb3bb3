import type { Micros } from '../features/event.ts'

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
}

export function encodePrediction(prediction: LivePrediction): string {
  return JSON.stringify(prediction)
}

/** @returns null when the text is not a prediction. */
export function decodePrediction(text: string): LivePrediction | null {
  let value: Partial<LivePrediction> | null
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const isWhole =
    typeof value?.product === 'string' &&
    typeof value.model === 'string' &&
    typeof value.alarm === 'boolean' &&
    [value.time, value.probability, value.tau].every(Number.isFinite)
  return isWhole ? (value as LivePrediction) : null
}
