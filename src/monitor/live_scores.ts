import type { SettledPrediction } from '../core/models/artifact/settled_json.ts'
import { calibrationError, reliability } from '../core/models/metrics/curves.ts'
import { atThreshold, averagePrecision, brierScore } from '../core/models/metrics/metrics.ts'

/** The score of one model on predictions whose label has come. */
export interface LiveScore {
  model: string
  /** Predictions with a label, those that wait for one, and those that will never have one. */
  settled: number
  waiting: number
  unlabelled: number
  positives: number
  prevalence: number | null
  /** Null where undefined: no positive yet. */
  pr_auc: number | null
  brier: number | null
  ece: number | null
  alarms: number
  precision: number | null
  recall: number | null
}

interface Tally {
  labels: number[]
  probabilities: number[]
  alarms: number[]
  unlabelled: number
}

/** Keeps the last settled predictions of each model to score them. */
export class LiveScores {
  readonly #tallies = new Map<string, Tally>()
  readonly #most: number

  /** @param most predictions of each model that are scored: the latest. */
  constructor(most = 50_000) {
    this.#most = most
  }

  add({ model, label, probability, alarm }: SettledPrediction): void {
    const tally = this.#tallyOf(model)
    if (label === null) {
      tally.unlabelled++
      return
    }
    tally.labels.push(label)
    tally.probabilities.push(probability)
    tally.alarms.push(alarm ? 1 : 0)
    if (tally.labels.length > this.#most)
      for (const list of [tally.labels, tally.probabilities, tally.alarms]) list.shift()
  }

  /** @param waiting how many predictions of each model wait for their label. */
  scores(waiting: ReadonlyMap<string, number>): LiveScore[] {
    for (const model of waiting.keys()) this.#tallyOf(model)
    return [...this.#tallies].map(([model, { labels, probabilities, alarms, unlabelled }]) => {
      const positives = labels.reduce((sum, label) => sum + label, 0)
      const some = labels.length > 0
      const cut = positives > 0 ? atThreshold(labels, alarms, 1) : null
      return {
        model,
        settled: labels.length,
        waiting: waiting.get(model) ?? 0,
        unlabelled,
        positives,
        prevalence: some ? positives / labels.length : null,
        pr_auc: positives > 0 ? averagePrecision(labels, probabilities) : null,
        brier: some ? brierScore(labels, probabilities) : null,
        ece: some ? calibrationError(reliability(labels, probabilities)) : null,
        alarms: alarms.reduce((sum, alarm) => sum + alarm, 0),
        precision: cut?.precision ?? null,
        recall: cut?.recall ?? null,
      }
    })
  }

  #tallyOf(model: string): Tally {
    const tally = this.#tallies.get(model) ?? { labels: [], probabilities: [], alarms: [], unlabelled: 0 }
    this.#tallies.set(model, tally)
    return tally
  }
}
