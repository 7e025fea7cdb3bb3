import { decodeEvent } from '../../core/events/event_json.ts'
import type { AlertRow } from '../../core/indicators/alerts/alert_row.ts'
import type { AlertSettings } from '../../core/indicators/alerts/alert_settings.ts'
import { Alerts, type AlertsState } from '../../core/indicators/alerts/alerts.ts'
import { decodeWindow } from '../../core/indicators/windows/window_row.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import type { SpikeError } from '../../errors.ts'
import { deadLetterOf, decodeDeadLetter } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'

/** Topics that an alerts job reads and writes. */
export interface AlertsTopics {
  windows: string
  predictions: string
  /** Market events. */
  raw: string
  /** What of these could not be read. */
  dead: string
  alerts: string
}

interface Memory {
  alerts: AlertsState
  products: string[]
}

/** What something is none of, as a reason of a dead letter; null where it was taken. */
type Refusal = 'not_a_window' | 'not_a_prediction' | 'not_an_event' | 'not_a_dead_letter' | 'too_many_products' | null

/** Gives alerts of what stands in one partition of windows, predictions, market events and their dead letters. */
export class AlertsPartition implements PartitionWork {
  readonly due: Outgoing[] = []
  /** Alerts of this life, by rule. */
  readonly counts: Record<string, number> = {}
  private readonly topics: AlertsTopics
  private readonly alerts: Alerts
  private readonly mostProducts: number
  private readonly products = new Set<string>()

  /** @param mostProducts records of more of them become dead letters. */
  constructor(settings: AlertSettings, topics: AlertsTopics, partition: number, mostProducts = 1000) {
    this.topics = topics
    this.mostProducts = mostProducts
    this.alerts = new Alerts(settings, `partition-${partition}`, alert => this.give(alert))
  }

  take(record: Incoming, again: boolean): void {
    if (again) return
    const refusal = this.takeText(record.topic, record.value.toString())
    if (refusal !== null) this.due.push(deadLetterOf(record, refusal))
  }

  state(): WorkState {
    const memory: Memory = { alerts: this.alerts.state(), products: [...this.products] }
    return { memory }
  }

  restore(memory: object | null): void {
    const { alerts, products } = memory as Memory
    this.alerts.restore(alerts)
    for (const product of products) this.products.add(product)
  }

  private takeText(topic: string, text: string): Refusal {
    const { topics, alerts } = this
    if (topic === topics.windows) {
      const row = decodeWindow(text)
      return this.takeOf(row, 'not_a_window', row => alerts.takeWindow(row))
    }
    if (topic === topics.predictions) {
      const said = decodePrediction(text)
      return this.takeOf(said, 'not_a_prediction', said => alerts.takePrediction(said))
    }
    if (topic === topics.raw) {
      const event = decodeEvent(text)
      return this.takeOf(typeof event === 'string' ? null : event, 'not_an_event', event => alerts.takeEvent(event))
    }
    return this.takeLetter(text)
  }

  private takeOf<Kind extends { product: string }>(
    found: Kind | null,
    otherwise: Refusal,
    take: (found: Kind) => void,
  ): Refusal {
    if (found === null) return otherwise
    if (!this.products.has(found.product) && this.products.size >= this.mostProducts) return 'too_many_products'
    this.products.add(found.product)
    take(found)
    return null
  }

  /** Letters of what never became an event have a time; those of events that a job could not use are no fault of the feed. */
  private takeLetter(text: string): Refusal {
    try {
      const { topic, time } = decodeDeadLetter(text)
      if (time !== undefined && topic !== this.topics.raw) this.alerts.takeDeadLetter(time)
      return null
    } catch (error) {
      if ((error as SpikeError).code !== 'BAD_FILE') throw error
      return 'not_a_dead_letter'
    }
  }

  private give(alert: AlertRow): void {
    this.counts[alert.rule] = (this.counts[alert.rule] ?? 0) + 1
    this.due.push({ topic: this.topics.alerts, key: alert.product, value: JSON.stringify(alert) })
  }
}
