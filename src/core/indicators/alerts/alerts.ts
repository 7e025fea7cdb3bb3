import type { MarketEvent, Micros } from '../../events/event.ts'
import type { WindowRow } from '../windows/window_row.ts'
import { AlarmShare, type AlarmShareState } from './alarm_share.ts'
import { type AlertRow, type AlertRule, alertOf, alertRules } from './alert_row.ts'
import type { AlertSettings } from './alert_settings.ts'
import { DeadShare, type DeadShareState } from './dead_share.ts'
import { Latch, type LatchState } from './latch.ts'
import { Silence, type SilenceState } from './silence.ts'
import { WindowLimits, type WindowLimitsState } from './window_limits.ts'

/** What a model says of a product at a time. */
export interface Said {
  product: string
  time: Micros
  probability: number
  /** Whether that reaches the model's own threshold. */
  alarm: boolean
}

/** Plain JSON. */
export interface AlertsState {
  latches: Record<AlertRule, LatchState>
  alarms: AlarmShareState
  windows: WindowLimitsState
  silence: SilenceState
  dead: DeadShareState
}

/**
 * Alerts of a market, by rules with limits: one a rule and product, and the next one after it was below for long enough. What is
 * given does not depend on how windows, predictions, events and dead letters mix, only on the order within each.
 * @example
 * const alerts = new Alerts({ rearm_s: 300, price_move: { percent: 1 } }, 'partition-0', alert => console.log(describeAlert(alert)))
 * alerts.takeWindow(row)
 */
export class Alerts {
  private readonly settings: AlertSettings
  private readonly place: string
  private readonly give: (alert: AlertRow) => void
  private readonly latches: Record<AlertRule, Latch>
  private readonly alarms = new AlarmShare()
  private readonly windows: WindowLimits
  private readonly silence: Silence
  private readonly dead: DeadShare

  /** @param place what alerts of dead letters are about: the stream of events that is looked at. */
  constructor(settings: AlertSettings, place: string, give: (alert: AlertRow) => void) {
    this.settings = settings
    this.place = place
    this.give = give
    this.latches = Object.fromEntries(
      alertRules.map(rule => [rule, new Latch(settings.rearm_s)]),
    ) as typeof this.latches
    this.windows = new WindowLimits(settings)
    this.silence = new Silence(settings.stale?.silent_s ?? Number.POSITIVE_INFINITY)
    this.dead = new DeadShare(settings.dlq_rate?.span_s ?? 1)
  }

  takeWindow(row: WindowRow): void {
    for (const { rule, value, limit } of this.windows.take(row)) this.note(rule, row.product, row.end, value, limit)
  }

  /** A model whose alarms stand most of the time has no threshold to be told at yet: they keep the rule above, and give nothing. */
  takePrediction({ product, time, probability, alarm }: Said): void {
    const { spike_probability: rule } = this.settings
    if (!rule) return
    const { least } = rule
    const isTold = this.alarms.note(product, alarm) || least !== null
    if (least === null ? alarm : probability >= least)
      this.note('spike_probability', product, time / 1e6, probability, least, isTold)
  }

  takeEvent(event: Pick<MarketEvent, 'type' | 'product' | 'time'>): void {
    const { stale, dlq_rate } = this.settings
    if (stale)
      this.silence.take(
        event,
        ({ product, time, silent_s }) => this.note('stale', product, time / 1e6, silent_s, stale.silent_s),
        (product, time) => this.latches.stale.note(product, time / 1e6),
      )
    if (dlq_rate) this.dead.takeEvent(event.time, (percent, end) => this.lookAtDead(percent, end))
  }

  takeDeadLetter(time: Micros): void {
    if (this.settings.dlq_rate) this.dead.takeLetter(time, (percent, end) => this.lookAtDead(percent, end))
  }

  state(): AlertsState {
    const latches = Object.fromEntries(alertRules.map(rule => [rule, this.latches[rule].state()]))
    return {
      latches: latches as AlertsState['latches'],
      ...{
        alarms: this.alarms.state(),
        windows: this.windows.state(),
        silence: this.silence.state(),
        dead: this.dead.state(),
      },
    }
  }

  restore({ latches, alarms, windows, silence, dead }: AlertsState): void {
    for (const rule of alertRules) this.latches[rule].restore(latches[rule] ?? {})
    this.alarms.restore(alarms)
    this.windows.restore(windows)
    this.silence.restore(silence)
    this.dead.restore(dead)
  }

  private lookAtDead(percent: number, end: number): void {
    const { percent: limit } = this.settings.dlq_rate!
    if (percent > limit) this.note('dlq_rate', this.place, end, percent, limit)
  }

  private note(
    rule: AlertRule,
    product: string,
    time: number,
    value: number,
    limit: number | null,
    isTold = true,
  ): void {
    if (this.latches[rule].note(product, time) && isTold) this.give(alertOf(rule, product, time, value, limit))
  }
}
