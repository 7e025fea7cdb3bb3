import { decodePrediction } from '../models/prediction_json.ts'
import type { Streams } from '../streams/port.ts'
import { readAll } from '../streams/read_all.ts'
import { type LiveScore, Settlement } from './settle.ts'

/** Scores every prediction that a topic holds now against the labels that another holds now. */
export async function settleTopics(
  streams: Streams,
  { predictions, labels }: { predictions: string; labels: string },
): Promise<{ scores: LiveScore[]; skipped: number }> {
  const settlement = new Settlement()
  let skipped = 0
  for await (const records of readAll(streams, labels))
    for (const { value } of records) {
      const { product, time, sigma_future } = JSON.parse(value.toString())
      settlement.matured(product, time, sigma_future)
    }
  for await (const records of readAll(streams, predictions))
    for (const { value } of records) {
      const prediction = decodePrediction(value.toString())
      if (prediction === null) skipped++
      else settlement.predicted(prediction)
    }
  return { scores: settlement.scores(), skipped }
}
