import type { Config } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { type AlertRow, type AlertRule, alertRules } from '../../core/indicators/alerts/alert_row.ts'
import { Alerts } from '../../core/indicators/alerts/alerts.ts'
import { alertWindowSeconds } from '../../core/indicators/alerts/window_limits.ts'
import { SymbolTable } from '../../core/indicators/windows/symbol_table.ts'
import { tickOf } from '../../core/indicators/windows/tick.ts'
import { WindowsPartition } from '../windows/partition.ts'
import { readTrades } from '../windows/read_trades.ts'
import { refuseUnseenWindows } from './run.ts'
import { readSaid } from './saved_predictions.ts'

/** What a rule would have given. */
export interface RuleOutcome {
  rule: AlertRule
  alerts: number
  /** Alerts a day of data, over all products together; of `spike_probability` a day that holds predictions. */
  per_day: number
}

export interface DryRun {
  events: number
  /** Minutes that hold an event of any product, as days. */
  days: number
  /** Rules that are on and can be asked of what is saved: `spike_probability` of scores alone. */
  rules: RuleOutcome[]
  alerts: AlertRow[]
}

const minute = 60e6
const minutesOfDay = 1440

/**
 * The alerts that the rules of a config would have given over saved data, whatever its order in time: a capture that begins
 * long after the one before it is looked at for itself.
 * @param scores a file of predictions, as `readSaid` takes it; null for none.
 * @throws SpikeError as `readTrades`, `readSaid` and `refuseUnseenWindows`.
 */
export async function tryAlerts(
  paths: string[],
  config: Config,
  scores: string | null = null,
  onProgress: (events: number) => void = () => {},
): Promise<DryRun> {
  refuseUnseenWindows(config)
  const said = scores === null ? [] : await readSaid(scores)
  const given: AlertRow[] = []
  const begin = () => new Alerts(config.alerts, 'all', alert => void given.push(alert))
  let alerts = begin()
  const sets = config.windows.sets.filter(({ length_s }) => length_s === alertWindowSeconds)
  const windows = new WindowsPartition(
    { ...config.windows, sets: sets.length > 0 ? sets : config.windows.sets },
    { raw: '', windows: '', candles: null },
    new SymbolTable([]),
    row => alerts.takeWindow(row),
  )
  const minutes = new Set<number>()
  let [events, clock] = [0, Number.NEGATIVE_INFINITY]
  const reset = 1e6 * config.time.session_reset_s
  const onDead = (received_at: number | null): void => {
    if (received_at !== null || Number.isFinite(clock)) alerts.takeDeadLetter(received_at ?? clock)
  }
  for await (const batch of readTrades(paths, config, onDead)) {
    for (const event of batch) {
      const tick = event === undefined ? null : tickOf(event)
      if (tick !== null && typeof tick === 'object') {
        const { product, time } = tick
        if (time > clock + reset || time < clock - reset) {
          alerts = begin()
          clock = time
        }
        clock = Math.max(clock, time)
        minutes.add(Math.floor(time / minute))
        alerts.takeEvent({ type: (event as MarketEvent).type, product, time })
      }
      windows.takeEvent(event, events++, false)
    }
    windows.due.length = 0
    onProgress(events)
  }
  const model = begin()
  for (const one of said) model.takePrediction(one)
  const days = minutes.size / minutesOfDay
  const ofScores = new Set(said.map(({ time }) => Math.floor(time / minute))).size / minutesOfDay
  const rules = alertRules.flatMap(rule => {
    if (!config.alerts[rule] || rule === 'model_score' || (rule === 'spike_probability' && scores === null)) return []
    const alerts = given.filter(alert => alert.rule === rule).length
    const over = rule === 'spike_probability' ? ofScores : days
    return { rule, alerts, per_day: over > 0 ? alerts / over : 0 }
  })
  return { events, days, rules, alerts: given }
}
