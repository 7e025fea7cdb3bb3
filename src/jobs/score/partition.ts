import type { Logger } from 'pino'
import { decodeRow } from '../../core/features/row_json.ts'
import { featureNames } from '../../core/features/spec.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { encodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { rowScorer, scoreRows } from '../../core/models/artifact/score.ts'
import { deadLetterTopic, encodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'

export interface PredictorOptions {
  artifact: Artifact
  topicIn: string
  topicOut: string
  /** Milliseconds from any start, for the time a row takes. */
  now(): number
  log?: Logger
}

/** What records came to: what is to be written, and its counts for when it is committed. */
export interface Predicted {
  records: Outgoing[]
  /** What each row took, from its bytes to those of its prediction. */
  seconds: number[]
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec. */
  dead: number
}

/** The scorer of one partition: rows in, predictions and dead letters out. Knows no broker. */
export class RowPredictor {
  private readonly options: PredictorOptions
  private readonly score: (product: string, values: Float64Array) => number
  private readonly unknown = new Set<string>()
  private predicted = nothing()

  constructor(options: PredictorOptions) {
    this.options = options
    this.score = productScorer(options.artifact)
  }

  /** Takes in one record of the topic of rows. */
  take(record: Incoming): void {
    const { artifact, topicIn, topicOut, now } = this.options
    const { predicted } = this
    const started = now()
    const row = decodeRow(record.value.toString())
    if (row === null) {
      predicted.dead++
      const value = encodeDeadLetter(record, 'not_a_row')
      predicted.records.push({ topic: deadLetterTopic(topicIn), key: record.key, value })
      return
    }
    const { product, time, values } = row
    const tau = Object.hasOwn(artifact.tau, product) ? artifact.tau[product] : null
    if (tau === null) {
      predicted.skipped++
      this.warnOf(product)
      return
    }
    const probability = this.score(product, values)
    const alarm = probability >= artifact.threshold
    const value = encodePrediction({ product, time, model: artifact.name, probability, alarm, tau })
    predicted.records.push({ topic: topicOut, key: product, value })
    if (alarm) predicted.alarms++
    predicted.seconds.push((now() - started) / 1000)
  }

  /** The records that are due. */
  get due(): readonly Outgoing[] {
    return this.predicted.records
  }

  /** What came of the records since the last call. */
  drain(): Predicted {
    const { predicted } = this
    this.predicted = nothing()
    return predicted
  }

  private warnOf(product: string): void {
    const { artifact, log } = this.options
    if (!this.unknown.has(product)) log?.warn({ product, known: Object.keys(artifact.tau) }, 'not scored: no tau')
    this.unknown.add(product)
  }
}

function nothing(): Predicted {
  return { records: [], seconds: [], alarms: 0, skipped: 0, dead: 0 }
}

/** The same numbers as `scoreRows`, a row at a time. */
function productScorer(artifact: Artifact): (product: string, values: Float64Array) => number {
  if (artifact.format === 'spike60-linear') {
    const score = rowScorer(artifact)
    return (_, values) => score(values)
  }
  const places = artifact.inputs.map(name => featureNames.indexOf(name))
  const columns = Object.fromEntries(artifact.inputs.map(name => [name, new Float64Array(1)]))
  const row = { rows: 1, time: new Float64Array(1), columns, sigma_future: new Float64Array(1) }
  return (product, values) => {
    artifact.inputs.forEach((name, i) => {
      columns[name][0] = values[places[i]]
    })
    return scoreRows(artifact, { ...row, product: [product] })[0]
  }
}
