import type { SettledPrediction } from '../core/models/artifact/settled_json.ts'
import { drawBlocks, intervalOf, resampledPrecision } from '../core/models/metrics/bootstrap.ts'

/** As trainings do by default: five minutes are drawn together, since spikes cluster and labels of neighbouring seconds overlap. */
const resampling = { block_s: 300, samples: 400, seed: 60 }

export interface Interval {
  low: number
  high: number
}

/** 95 % interval of one model's running PR-AUC, made anew where another minute is settled: it costs some 10 ms of a processor. */
export class PrecisionInterval {
  private minutes = ''
  private interval: Interval | null = null

  /**
   * @param settled in order of time.
   * @returns null where fewer than ten minutes of them have a label, or too few are spikes.
   */
  of(settled: SettledPrediction[]): Interval | null {
    const minutes = [settled[0], settled.at(-1)].map(one => Math.floor((one?.time ?? 0) / 60e6)).join()
    if (minutes !== this.minutes) {
      this.minutes = minutes
      this.interval = precisionInterval(settled.filter(({ label }) => label !== null))
    }
    return this.interval
  }
}

function precisionInterval(labelled: SettledPrediction[]): Interval | null {
  const times = Float64Array.from(labelled, ({ time }) => time)
  const drawn = drawBlocks(times, new Array<string>(times.length).fill(''), resampling)
  if (drawn === null) return null
  const labels = labelled.map(({ label }) => label as number)
  const probabilities = labelled.map(({ probability }) => probability)
  return intervalOf(resampledPrecision(labels, probabilities, drawn))
}
