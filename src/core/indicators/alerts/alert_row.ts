import { decodeRecord } from '../../events/json_record.ts'

/** What may be an alert, and the unit of its value and limit. */
const alertUnits = {
  price_move: '%',
  volume_spike: 'deviations',
  volatility: 'times the median',
  spike_probability: 'probability',
  stale: 's',
  dlq_rate: '%',
  model_score: 'PR-AUC less that of EWMA',
} as const

export type AlertRule = keyof typeof alertUnits
export const alertRules = Object.keys(alertUnits) as AlertRule[]

/** One alert, as it stands on `market.alerts`, key product. */
export interface AlertRow {
  /** `rule product time`: whoever gets it twice knows it by this. */
  id: string
  rule: AlertRule
  /** What it is about: a product; of `dlq_rate` a partition of the market events, such as `partition-0`. */
  product: string
  /** Seconds since the epoch of market time: the end of the window, the second of the prediction, when the silence was too long. */
  time: number
  value: number
  /** Null where it is the model's own. */
  limit: number | null
  unit: string
}

export function alertOf(rule: AlertRule, product: string, time: number, value: number, limit: number | null): AlertRow {
  return { id: `${rule} ${product} ${time}`, rule, product, time, value, limit, unit: alertUnits[rule] }
}

/** @returns null where the text is no alert. */
export function decodeAlert(text: string): AlertRow | null {
  return decodeRecord<AlertRow>(
    text,
    ({ id, rule, product, time, value, limit, unit }) =>
      [id, product, unit].every(one => typeof one === 'string') &&
      alertRules.includes(rule as AlertRule) &&
      [time, value].every(Number.isFinite) &&
      (limit === null || Number.isFinite(limit)),
  )
}

/** In words for people, such as `price_move BTC-USD: 1.2 %, limit 1`. */
export function describeAlert(alert: AlertRow): string {
  return `${alert.rule} ${alert.product}: ${measureOf(alert)}`
}

/** What was found and what is allowed, such as `1.2 %, limit 1`, and what to do where that is a command. */
export function measureOf({ rule, value, limit, unit }: AlertRow): string {
  const rounded = (number: number): string => String(Number(number.toPrecision(3)))
  const found = `${rounded(value)} ${unit}, limit ${limit === null ? "the model's own" : rounded(limit)}`
  return rule === 'model_score' ? `${found}; ask for a challenger: ${askForChallenger}` : found
}

const askForChallenger = "npx spike60 retrain --raw 'data/raw/*.ndjson' --topics embedded"
