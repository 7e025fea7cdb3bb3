import { decodeRowRecord } from '../../core/features/row_bytes.ts'
import { featureNames } from '../../core/features/spec.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { encodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { rowScorer, scoreRows } from '../../core/models/artifact/score.ts'
import { ewma } from '../../core/models/recipes/rules.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork } from '../partitions/partition_work.ts'

/** What came of the records of a partition. */
export interface ScorerCounts {
  rows: number
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec. */
  dead: number
}

/** Makes a prediction of each row of one partition, and a dead letter of what is no row. Remembers nothing. */
export class RowPredictor implements PartitionWork {
  readonly counts: ScorerCounts = { rows: 0, alarms: 0, skipped: 0, dead: 0 }
  readonly due: Outgoing[] = []
  private readonly topicOut: string
  private readonly onUnknown: (product: string, artifact: Artifact) => void
  private readonly now: () => Artifact
  private artifact: Artifact
  private score: (product: string, values: Float64Array) => number
  private readonly unknown = new Set<string>()

  /**
   * @param now the model that scores, asked before each row: another one may take over between two.
   * @param onUnknown called once with each product whose tau the model does not know.
   */
  constructor(
    now: () => Artifact,
    topicOut: string,
    onUnknown: (product: string, artifact: Artifact) => void = () => {},
  ) {
    this.now = now
    this.topicOut = topicOut
    this.onUnknown = onUnknown
    this.artifact = now()
    this.score = productScorer(this.artifact)
  }

  take(record: Incoming, again: boolean): void {
    if (again) return
    const artifact = this.now()
    if (artifact !== this.artifact) {
      this.artifact = artifact
      this.score = productScorer(artifact)
      this.unknown.clear()
    }
    const { counts } = this
    const row = decodeRowRecord(record.value)
    if (row === null) {
      counts.dead++
      this.due.push(deadLetterOf(record, 'not_a_row'))
      return
    }
    const { product, time, values } = row
    if (!Object.hasOwn(artifact.tau, product)) {
      counts.skipped++
      if (!this.unknown.has(product)) this.onUnknown(product, artifact)
      this.unknown.add(product)
      return
    }
    const probability = this.score(product, values)
    const alarm = probability >= artifact.threshold
    const { name: model, tau, trained_on } = artifact
    const known = plainPlaces.find(place => Number.isFinite(values[place]))
    const plain = known === undefined ? 0 : values[known] / tau[product]
    const said = {
      product,
      time,
      model,
      probability,
      alarm,
      tau: tau[product],
      trained_until: trained_on.to,
      ewma: plain,
    }
    this.due.push({ topic: this.topicOut, key: product, value: encodePrediction(said) })
    counts.rows++
    if (alarm) counts.alarms++
  }
}

const plainPlaces = ewma.inputs.map(name => featureNames.indexOf(name))

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
