import type { Config } from '../../config.ts'
import type { Micros } from '../../core/events/event.ts'
import { alertOf } from '../../core/indicators/alerts/alert_row.ts'
import { Latch, type LatchState } from '../../core/indicators/alerts/latch.ts'
import { decodeSettled } from '../../core/models/artifact/settled_json.ts'
import { differenceToEwma, type ScoredRow } from '../../core/models/judge/running_score.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'

/** A row of a product and a model, and where its record stands. */
interface Kept extends ScoredRow {
  offset: number
  who: string
}

interface Memory {
  latch: LatchState
  clock: Micros | null
  /** By product and model: when it was looked at last, in steps. */
  looks: Record<string, number>
}

/** Market time from one look at a model's score to the next. */
const stepSeconds = 1200
/** So many settled predictions of a partition are kept: four hours of fourteen products. */
const mostKept = 200_000

/** Gives an alert where what a model has said of a product in the last hours is worse than EWMA on the same rows. */
export class ScorePartition implements PartitionWork {
  readonly due: Outgoing[] = []
  /** Alerts of this life. */
  given = 0
  private readonly settings: Pick<Config, 'models'> & { hours: number }
  private readonly topics: { settled: string; alerts: string }
  private readonly latch = new Latch(2 * stepSeconds)
  private readonly looks = new Map<string, number>()
  private readonly span: Micros
  private kept: Kept[] = []
  private clock = Number.NEGATIVE_INFINITY

  /** @param settings `hours` are looked back on. */
  constructor(settings: Pick<Config, 'models'> & { hours: number }, topics: { settled: string; alerts: string }) {
    this.settings = settings
    this.topics = topics
    this.span = 3600e6 * settings.hours
  }

  take(record: Incoming, again: boolean): void {
    const found = decodeSettled(record.value.toString())
    if (found === null) {
      if (!again) this.due.push(deadLetterOf(record, 'not_a_settled_prediction'))
      return
    }
    const { product, model, trained_until = '', time, probability, ewma, label } = found
    // What a model was fitted on says nothing of it.
    if (label === null || ewma === undefined || time <= 1000 * Date.parse(trained_until)) return
    const who = `${product} ${model} ${trained_until}`
    if (!again) this.look(product, who, time)
    this.clock = Math.max(this.clock, time)
    this.kept.push({ offset: record.offset, who, time, probability, ewma, label })
    let old = Math.max(0, this.kept.length - mostKept)
    while (old < this.kept.length && this.kept[old].time < this.clock - this.span) old++
    // Taken off many at a time: each time costs as much as is kept.
    if (old > this.kept.length / 10) this.kept = this.kept.slice(old)
  }

  state(): WorkState {
    const memory: Memory = {
      latch: this.latch.state(),
      clock: Number.isFinite(this.clock) ? this.clock : null,
      looks: Object.fromEntries(this.looks),
    }
    return { memory, from: this.kept.length > 0 ? { [this.topics.settled]: this.kept[0].offset } : {} }
  }

  restore(memory: object | null): void {
    const { latch, clock, looks } = memory as Memory
    this.latch.restore(latch)
    this.clock = clock ?? Number.NEGATIVE_INFINITY
    for (const [who, step] of Object.entries(looks)) this.looks.set(who, step)
  }

  private look(product: string, who: string, time: Micros): void {
    const step = Math.floor(time / (1e6 * stepSeconds))
    const last = this.looks.get(who)
    if (last !== undefined && step <= last) return
    this.looks.set(who, step)
    if (last === undefined) return
    const end = 1e6 * stepSeconds * step
    // Not what is still here by chance: a next life would not have it.
    const from = Math.max(end, this.clock) - this.span
    const rows = this.kept.slice(-mostKept).filter(row => row.who === who && row.time < end && row.time >= from)
    const difference = differenceToEwma(
      rows.sort((a, b) => a.time - b.time),
      this.settings.models,
    )
    if (difference === null || difference.high === null || difference.high >= 0) return
    if (!this.latch.note(product, end / 1e6)) return
    this.given++
    const alert = alertOf('model_score', product, end / 1e6, difference.value, 0)
    this.due.push({ topic: this.topics.alerts, key: product, value: JSON.stringify(alert) })
  }
}
