import { percentileOf } from '../../math/percentile.ts'
import type { WindowRow } from '../windows/window_row.ts'
import type { AlertRule } from './alert_row.ts'
import type { AlertSettings, History } from './alert_settings.ts'

/** What a product's last minutes were; the newest last. Plain JSON. */
interface Minutes {
  /** Start of the newest, in seconds. */
  last: number
  volumes: number[]
  deviations: number[]
}

export type WindowLimitsState = Record<string, Minutes>

/** A value that has reached its limit. */
export interface Reached {
  rule: AlertRule
  value: number
  limit: number
}

/** Windows of so many seconds are looked at, as they are first given. */
export const alertWindowSeconds = 60

/** Which rules a window reaches, beside the minutes of its product before it. */
export class WindowLimits {
  private readonly settings: AlertSettings
  private readonly byProduct = new Map<string, Minutes>()

  constructor(settings: AlertSettings) {
    this.settings = settings
  }

  /** Takes the windows of a product in the order in which they are given; a later revision says nothing here. */
  take(row: WindowRow): Reached[] {
    const { product, start, end, revision, open, close, volume, return_std } = row
    if (end - start !== alertWindowSeconds || revision > 1) return []
    const { price_move, volume_spike, volatility } = this.settings
    const minutes = this.byProduct.get(product) ?? { last: Number.MIN_SAFE_INTEGER, volumes: [], deviations: [] }
    this.byProduct.set(product, minutes)
    const reached: Reached[] = []
    const look = (rule: AlertRule, value: number, limit: number): void => {
      if (value >= limit) reached.push({ rule, value, limit })
    }
    if (price_move) look('price_move', 100 * Math.abs(close / open - 1), price_move.percent)
    if (volatility && return_std !== null) {
      const median = medianOf(minutes.deviations, volatility)
      if (median !== null) look('volatility', return_std / median, volatility.times)
    }
    if (start % alertWindowSeconds !== 0 || start <= minutes.last) return reached
    minutes.last = start
    if (volume_spike && volume !== null) {
      const deviations = deviationsAbove(Number(volume), minutes.volumes, volume_spike)
      if (deviations !== null) look('volume_spike', deviations, volume_spike.deviations)
      keep(minutes.volumes, Number(volume), volume_spike)
    }
    if (volatility && return_std !== null) keep(minutes.deviations, return_std, volatility)
    return reached
  }

  state(): WindowLimitsState {
    return Object.fromEntries(this.byProduct)
  }

  restore(state: WindowLimitsState): void {
    for (const [product, minutes] of Object.entries(state)) this.byProduct.set(product, minutes)
  }
}

/** Null where there are too few, or nothing has ever moved. */
function medianOf(values: number[], { least_minutes }: History): number | null {
  const median = values.length >= least_minutes ? percentileOf(values, 50) : 0
  return median > 0 ? median : null
}

/** Null where there are too few, or all are the same. */
function deviationsAbove(value: number, values: number[], { least_minutes }: History): number | null {
  const n = values.length
  if (n < Math.max(2, least_minutes)) return null
  let sum = 0
  for (const one of values) sum += one
  let squares = 0
  for (const one of values) squares += (one - sum / n) * (one - sum / n)
  const deviation = Math.sqrt(squares / (n - 1))
  return deviation > 0 ? (value - sum / n) / deviation : null
}

function keep(values: number[], value: number, { minutes }: History): void {
  values.push(value)
  while (values.length > minutes) values.shift()
}
