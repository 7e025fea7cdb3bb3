import type { History } from '../history.ts'
import { log, logAbove, reciprocals } from '../numeric.ts'
import { featureIndex, volatilityFloor } from '../spec.ts'

const windows = [5, 10, 30, 60, 120, 300, 900]
const volatility = windows.map(n => featureIndex(`volatility_${n}s`))
const logVolatility = windows.map(n => featureIndex(`log_volatility_${n}s`))
const ratios = [
  [10, 60],
  [60, 300],
  [60, 900],
  [300, 900],
].map(([short, long]) => ({
  at: featureIndex(`volatility_ratio_${short}_${long}`),
  short: featureIndex(`volatility_${short}s`),
  long: featureIndex(`volatility_${long}s`),
}))
const har = [1, 5, 15].map(minutes => ({ at: featureIndex(`har_${minutes}m`), minutes }))
const ewma = [60, 120].map(halfLife => ({
  at: featureIndex(`ewma_volatility_${halfLife}s`),
  weights: Float64Array.from({ length: 8 * halfLife }, (_, age) => 2 ** (-age / halfLife)),
}))
const returns = [10, 60, 300].map(n => ({
  n,
  signed: featureIndex(`return_${n}s`),
  absolute: featureIndex(`abs_return_${n}s`),
}))
const meanAbs = featureIndex('mean_abs_return_300s')
const ofVolatility = featureIndex('volatility_of_volatility_300s')
const zscore = featureIndex('volatility_zscore_900s')
const volatility60 = featureIndex('volatility_60s')

/**
 * Realised volatilities, all windows in one pass from the newest return back (Welford's update, so a constant series gives
 * exactly 0), and their logs and ratios.
 * @param min share of a look-back that must hold a mid.
 */
export function computeVolatility(history: History, values: Float64Array, min: number): void {
  const { column, at } = history
  const r = column.r
  let n = 0
  let mean = 0
  let m2 = 0
  let window = 0
  const oldest = history.from(900)
  for (let age = 0; window < windows.length; age++) {
    const index = at - age
    if (index >= oldest) {
      const value = r[index]
      if (!Number.isNaN(value)) {
        const delta = value - mean
        mean += delta * reciprocals[++n]
        m2 += delta * (value - mean)
      }
    } else age = windows[window] - 1
    if (age + 1 === windows[window]) {
      const covered = history.counted('mids', windows[window]) >= min * windows[window]
      const value = n >= 2 && covered ? Math.sqrt(m2 / (n - 1)) : Number.NaN
      values[volatility[window]] = value
      values[logVolatility[window]] = logAbove(value, volatilityFloor)
      window++
    }
  }
  for (const ratio of ratios)
    values[ratio.at] = Math.max(values[ratio.short], volatilityFloor) / Math.max(values[ratio.long], volatilityFloor)
  column.volatility60[at] = Number.isNaN(column.mid[at]) ? Number.NaN : values[volatility60]
}

/** HAR means, truncated EWMA volatilities, and what is made of the past volatility_60s. */
export function computeVolatilityMemory(history: History, values: Float64Array): void {
  const { column, at, start } = history
  for (const { at: place, minutes } of har) {
    let n = 0
    let sum = 0
    for (let minute = 0; minute < minutes; minute++) {
      const value = history.before('volatility60', 60 * minute)
      if (Number.isNaN(value)) continue
      n++
      sum += logAbove(value, volatilityFloor)
    }
    values[place] = n > 0 ? sum / n : Number.NaN
  }
  for (const { at: place, weights } of ewma) {
    let sum = 0
    let total = 0
    const oldest = Math.max(start, at - weights.length + 1)
    for (let index = at; index >= oldest; index--) {
      const r = column.r[index]
      if (Number.isNaN(r)) continue
      const weight = weights[at - index]
      sum += weight * r * r
      total += weight
    }
    values[place] = total > 0 ? Math.sqrt(sum / total) : Number.NaN
  }
  let n = 0
  let mean = 0
  let m2 = 0
  values[ofVolatility] = Number.NaN
  for (let age = 0; age < 900; age++) {
    const value = at - age >= start ? column.volatility60[at - age] : Number.NaN
    if (!Number.isNaN(value)) {
      const delta = value - mean
      mean += delta * reciprocals[++n]
      m2 += delta * (value - mean)
    }
    if (age === 299 && n >= 2) values[ofVolatility] = Math.sqrt(m2 / (n - 1))
  }
  values[zscore] =
    n >= 2 ? (values[volatility60] - mean) / Math.max(Math.sqrt(m2 / (n - 1)), volatilityFloor) : Number.NaN
}

/** Signed and absolute returns over several spans, and the mean absolute return. */
export function computeReturns(history: History, values: Float64Array): void {
  const { column, at } = history
  const mid = column.mid[at]
  for (const { n, signed, absolute } of returns) {
    const value = log(mid / history.before('mid', n))
    values[signed] = value
    values[absolute] = Math.abs(value)
  }
  let n = 0
  let sum = 0
  for (let index = at, oldest = history.from(300); index >= oldest; index--) {
    const r = column.r[index]
    if (Number.isNaN(r)) continue
    n++
    sum += Math.abs(r)
  }
  values[meanAbs] = n > 0 ? sum / n : Number.NaN
}
