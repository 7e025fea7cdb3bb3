import type { Micros } from '../../core/events/event.ts'
import { decodeLabel, type SettledLabel } from '../../core/features/label_json.ts'
import { decodePrediction, type LivePrediction } from '../../core/models/artifact/prediction_json.ts'
import { encodeSettled } from '../../core/models/artifact/settled_json.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'

export interface SettlementTopics {
  predictions: string
  labels: string
  settled: string
}

/** A record that is remembered, and whether it was so before the last restart. */
interface Seen {
  product: string
  time: Micros
  offset: number
  again: boolean
}

interface SeenLabel extends Seen {
  sigma: number | null
}

interface SeenPrediction extends Seen {
  /** Null once it has met its label. */
  waiting: LivePrediction | null
}

interface Memory {
  /** By product: the latest time that was forgotten; whatever comes of it or earlier comes too late. */
  horizon: Record<string, Micros>
  skipped: number
}

/**
 * Lets each prediction of one partition meet its label once, whatever order and however often they come. Both are
 * remembered for so many records of their topics; a restart reads these again.
 */
export class SettlementPartition implements PartitionWork {
  /** Records that are no prediction or label, and those that came after what they belong to was forgotten; of former lives too. */
  skipped = 0
  /** What came of the records of this life. */
  readonly counts = { taken: 0, late: 0, repeated: 0, dead: 0 }
  readonly due: Outgoing[] = []
  private readonly topics: SettlementTopics
  private readonly most: number
  private readonly labels = new Map<string, SeenLabel>()
  private readonly predictions = new Map<string, SeenPrediction>()
  private readonly models = new Set<string>()
  private horizon = new Map<string, Micros>()

  /** @param most records of each topic, the latest, of which predictions and labels are remembered. */
  constructor(topics: SettlementTopics, most = 100_000) {
    this.topics = topics
    this.most = most
  }

  take(record: Incoming, again: boolean): void {
    const text = record.value.toString()
    const isLabel = record.topic === this.topics.labels
    const found = isLabel ? decodeLabel(text) : decodePrediction(text)
    if (found === null) {
      if (again) return
      this.skipped++
      this.counts.dead++
      this.due.push(deadLetterOf(record, isLabel ? 'not_a_label' : 'not_a_prediction'))
      return
    }
    const seen = { product: found.product, time: found.time, offset: record.offset, again }
    if (this.isForgotten(seen)) this.noteLate(again)
    else if (isLabel) this.takeLabel(found as SettledLabel, seen)
    else this.takePrediction(found as LivePrediction, seen)
    this.forget(isLabel ? this.labels : this.predictions, record.offset - this.most)
  }

  state(): WorkState {
    const { predictions, labels } = this.topics
    const firsts = [
      [predictions, this.predictions.values().next().value],
      [labels, this.labels.values().next().value],
    ] as const
    const from = firsts.flatMap(([topic, first]) => (first === undefined ? [] : [[topic, first.offset] as const]))
    const memory: Memory = { horizon: Object.fromEntries(this.horizon), skipped: this.skipped }
    return { memory, from: Object.fromEntries(from) }
  }

  restore(memory: object): void {
    const { horizon, skipped } = memory as Memory
    this.horizon = new Map(Object.entries(horizon))
    this.skipped = skipped
  }

  /** How many predictions of each model wait for their label, if it can still be in time. */
  waiting(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { waiting } of this.predictions.values())
      if (waiting !== null && !this.isForgotten(waiting))
        counts.set(waiting.model, (counts.get(waiting.model) ?? 0) + 1)
    return counts
  }

  private isForgotten({ product, time }: { product: string; time: Micros }): boolean {
    return time <= (this.horizon.get(product) ?? Number.NEGATIVE_INFINITY)
  }

  private takePrediction(prediction: LivePrediction, seen: Seen): void {
    const { product, time, model } = prediction
    const key = `${product} ${time} ${model}`
    if (!this.once(this.predictions, key, seen)) return
    this.models.add(model)
    const label = this.labels.get(`${product} ${time}`)
    this.predictions.set(key, { ...seen, waiting: label === undefined ? prediction : null })
    if (label !== undefined) this.settle(prediction, label.sigma, label.again && seen.again)
  }

  private takeLabel({ product, time, sigma_future: sigma }: SettledLabel, seen: Seen): void {
    const key = `${product} ${time}`
    if (!this.once(this.labels, key, seen)) return
    this.labels.set(key, { ...seen, sigma })
    for (const model of this.models) {
      const met = this.predictions.get(`${key} ${model}`)
      if (!met?.waiting) continue
      this.settle(met.waiting, sigma, met.again && seen.again)
      met.waiting = null
    }
  }

  private noteLate(again: boolean): void {
    if (again) return
    this.skipped++
    this.counts.late++
  }

  /** Whether it is seen for the first time. */
  private once(seen: ReadonlyMap<string, Seen>, key: string, { again }: Seen): boolean {
    const isNew = !seen.has(key)
    if (!again) this.counts[isNew ? 'taken' : 'repeated']++
    return isNew
  }

  /** @param before they have met in a former life: that is written already. */
  private settle(prediction: LivePrediction, sigma: number | null, before: boolean): void {
    if (before) return
    this.due.push({
      topic: this.topics.settled,
      key: prediction.product,
      value: encodeSettled(prediction, sigma),
    })
  }

  /** Forgets what came at `offset` or before; by offsets, not by counts, so that a restart forgets the same. */
  private forget(seen: Map<string, Seen>, offset: number): void {
    for (const [key, one] of seen) {
      if (one.offset > offset) return
      seen.delete(key)
      this.horizon.set(one.product, Math.max(one.time, this.horizon.get(one.product) ?? one.time))
    }
  }
}
