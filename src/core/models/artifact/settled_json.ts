import { decodeRecord } from '../../events/json_record.ts'
import type { LivePrediction } from './prediction_json.ts'

/** What stands on `ticks.settled`: a prediction that has met its label. */
export interface SettledPrediction extends LivePrediction {
  /** Null where it will never be known, and the label with it. */
  sigma_future: number | null
  /** 1 where sigma_future reaches tau. */
  label: 0 | 1 | null
}

/** @param sigma sigma_future of the prediction's row; null where it will never be known. */
export function encodeSettled(prediction: LivePrediction, sigma: number | null): string {
  const label = sigma === null ? null : sigma >= prediction.tau ? 1 : 0
  return JSON.stringify({ ...prediction, sigma_future: sigma, label } satisfies SettledPrediction)
}

/** @returns null when the text is no settled prediction. */
export function decodeSettled(text: string): SettledPrediction | null {
  return decodeRecord<SettledPrediction>(
    text,
    ({ model, probability, alarm, label }) =>
      typeof model === 'string' &&
      typeof alarm === 'boolean' &&
      Number.isFinite(probability) &&
      (label === null || label === 0 || label === 1),
  )
}
