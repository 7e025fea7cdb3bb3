import type { Micros } from '../core/events/event.ts'
import type { LivePrediction } from '../core/models/artifact/prediction_json.ts'
import { calibrationError } from '../core/models/metrics/calibration_error.ts'
import { reliability } from '../core/models/metrics/curves.ts'
import { atThreshold, averagePrecision, brierScore } from '../core/models/metrics/metrics.ts'

/** The score of one model on predictions whose label has come. */
export interface LiveScore {
  model: string
  /** Predictions with a label, and those that wait for one or will never have one. */
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

interface Book {
  labels: number[]
  probabilities: number[]
  alarms: number[]
  waiting: Map<string, LivePrediction>
  unlabelled: number
}

/** Matches predictions with the sigma_future that comes 60 s later, and keeps the last ones to score; order does not matter. */
export class Settlement {
  readonly #books = new Map<string, Book>()
  readonly #sigma = new Map<string, number | null>()
  readonly #most: number

  /** @param most predictions of each model that are scored: the latest. */
  constructor(most = 50_000) {
    this.#most = most
  }

  predicted(prediction: LivePrediction): void {
    const book = this.#bookOf(prediction.model)
    const key = keyOf(prediction.product, prediction.time)
    const sigma = this.#sigma.get(key)
    if (sigma === undefined) {
      book.waiting.set(key, prediction)
      if (book.waiting.size > this.#most) book.waiting.delete(book.waiting.keys().next().value!)
    } else this.#settle(book, prediction, sigma)
  }

  /** sigma_future of a row, null where it will never be known. */
  matured(product: string, time: Micros, sigma: number | null): void {
    const key = keyOf(product, time)
    this.#sigma.set(key, sigma)
    if (this.#sigma.size > 2 * this.#most) this.#sigma.delete(this.#sigma.keys().next().value!)
    for (const book of this.#books.values()) {
      const prediction = book.waiting.get(key)
      if (prediction === undefined) continue
      book.waiting.delete(key)
      this.#settle(book, prediction, sigma)
    }
  }

  scores(): LiveScore[] {
    return [...this.#books].map(([model, { labels, probabilities, alarms, waiting, unlabelled }]) => {
      const positives = labels.reduce((sum, label) => sum + label, 0)
      const some = labels.length > 0
      const cut = positives > 0 ? atThreshold(labels, alarms, 1) : null
      return {
        model,
        settled: labels.length,
        waiting: waiting.size,
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

  #settle(book: Book, { probability, alarm, tau }: LivePrediction, sigma: number | null): void {
    if (sigma === null) {
      book.unlabelled++
      return
    }
    book.labels.push(sigma >= tau ? 1 : 0)
    book.probabilities.push(probability)
    book.alarms.push(alarm ? 1 : 0)
    if (book.labels.length > this.#most) for (const list of [book.labels, book.probabilities, book.alarms]) list.shift()
  }

  #bookOf(model: string): Book {
    const book = this.#books.get(model) ?? {
      labels: [],
      probabilities: [],
      alarms: [],
      waiting: new Map(),
      unlabelled: 0,
    }
    this.#books.set(model, book)
    return book
  }
}

function keyOf(product: string, time: Micros): string {
  return `${product} ${time}`
}
