import { percentileOf } from '../../math/percentile.ts'
import { type Forest, scoreRow, scoreRows } from './forest.ts'
import { beginForest, type Growth } from './grow.ts'

/** How a forest is grown, on how many of the newest trades, and which scores count as anomalies. */
export interface RollingForestOptions {
  /** Events that a model is grown of: the last ones before the first that it scores. */
  window: number
  /** Events from one model to the next. */
  every: number
  trees: number
  sample: number
  /** Share of the events of a window that its model calls anomalies; `fixed`: the line of -0.5, whatever share lies below it. */
  offset: { contamination: number } | 'fixed'
  seed: number
}

/** As TradePulse's page has it. */
export const pageForest: RollingForestOptions = {
  ...{ window: 1000, every: 500, trees: 100, sample: 256, offset: { contamination: 0.01 }, seed: 60 },
}

export interface AnomalyScore {
  /** -1 (stands apart) to 0. */
  score: number
  anomaly: boolean
  /** Counts up from 1. */
  model: number
}

interface Model {
  forest: Forest
  means: Float64Array
  deviations: Float64Array
  offset: number
  /** Room for an event, standardised. */
  scratch: Float32Array
}

/** A model whose trees are not all grown yet. */
interface GrowingModel {
  growth: Growth
  /** Those that it is made of, standardised. */
  rows: Float32Array[]
  model: Model
}

/**
 * Isolation Forest over the events of one ticker as they come: the first model is grown when a window is full, the next ones every
 * so many events, each of the events before the first one that it scores. A model is a function of its window, its number and the
 * seed; so a run that begins again with the window and the events behind it goes on with the same scores.
 */
export class RollingForest {
  readonly #options: RollingForestOptions
  /** The last events, oldest first, by rows. */
  #rows: Float64Array[] = []
  #events = 0
  #model: Model | null = null
  #growing: GrowingModel | null = null

  constructor(options: RollingForestOptions = pageForest) {
    this.#options = options
  }

  /** Events taken so far. */
  get events(): number {
    return this.#events
  }

  /** Goes on behind event number `events`; the `window + every` events up to it must be taken in again, by `push`. */
  resume(events: number): void {
    this.#rows = []
    this.#model = null
    this.#growing = null
    this.#events = events
  }

  /** @param row one finite value a column. @returns null as long as there is no model. */
  push(row: Float64Array): AnomalyScore | null {
    const { window, every } = this.#options
    if (this.#isDue()) this.#model = this.#finish()
    this.#rows.push(row)
    if (this.#rows.length >= 2 * window) this.#rows = this.#rows.slice(-window)
    const since = this.#events - window
    this.#events++
    if (this.#model === null) return null
    const score = scoreStandardised(this.#model, row)
    return { score, anomaly: score < this.#model.offset, model: Math.floor(since / every) + 1 }
  }

  /** Grows a tree of the model that the next event will need, ahead of it; nothing else changes. @returns whether there was one to grow. */
  anticipate(): boolean {
    if (!this.#isDue()) return false
    this.#growing ??= this.#begin()
    return this.#growing.growth.growTree()
  }

  #isDue(): boolean {
    const { window, every } = this.#options
    const since = this.#events - window
    return since >= 0 && since % every === 0 && this.#rows.length >= window
  }

  #begin(): GrowingModel {
    const { window, every, trees, sample, seed } = this.#options
    const rows = this.#rows.slice(-window)
    const number = (this.#events - window) / every + 1
    const means = rows[0].map((_, column) => meanOf(rows, column))
    const deviations = means.map((mean, column) => deviationOf(rows, column, mean))
    const standardised = rows.map(row => standardise(row, means, deviations, new Float32Array(row.length)))
    const columns = Array.from(means, (_, column) => {
      const values = new Float32Array(window)
      for (let i = 0; i < window; i++) values[i] = standardised[i][column]
      return values
    })
    const growth = beginForest(columns, { trees, sample, seed: seed + number })
    const scratch = new Float32Array(means.length)
    return { growth, rows: standardised, model: { forest: growth.forest, means, deviations, offset: -0.5, scratch } }
  }

  #finish(): Model {
    const { growth, rows, model } = this.#growing ?? this.#begin()
    this.#growing = null
    while (growth.growTree()) {}
    const { offset } = this.#options
    if (offset === 'fixed') return model
    return { ...model, offset: percentileOf(scoreRows(model.forest, rows), 100 * offset.contamination) }
  }
}

function scoreStandardised({ forest, means, deviations, scratch }: Model, row: Float64Array): number {
  return scoreRow(forest, standardise(row, means, deviations, scratch))
}

function standardise(
  row: Float64Array,
  means: Float64Array,
  deviations: Float64Array,
  into: Float32Array,
): Float32Array {
  for (let column = 0; column < row.length; column++) into[column] = (row[column] - means[column]) / deviations[column]
  return into
}

function meanOf(rows: Float64Array[], column: number): number {
  let sum = 0
  for (const row of rows) sum += row[column]
  return sum / rows.length
}

/** Population deviation; 1 where all are equal. */
function deviationOf(rows: Float64Array[], column: number, mean: number): number {
  let sum = 0
  for (const row of rows) sum += (row[column] - mean) * (row[column] - mean)
  return sum === 0 ? 1 : Math.sqrt(sum / rows.length)
}
