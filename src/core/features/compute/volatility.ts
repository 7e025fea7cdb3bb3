import { log, logAbove } from '../../math/numeric.ts'
import { featureIndex, volatilityFloor } from '../spec.ts'
import { type History, volatilityWindows } from '../window/history.ts'

const volatility = volatilityWindows.map(n => featureIndex(`volatility_${n}s`))
const logVolatility = volatilityWindows.map(n => featureIndex(`log_volatility_${n}s`))
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
const ewma = [60, 120].map(halfLife => featureIndex(`ewma_volatility_${halfLife}s`))
const returns = [10, 60, 300].map(n => ({
  n,
  signed: featureIndex(`return_${n}s`),
  absolute: featureIndex(`abs_return_${n}s`),
}))
const meanAbs = featureIndex('mean_abs_return_300s')
const ofVolatility = featureIndex('volatility_of_volatility_300s')
const zscore = featureIndex('volatility_zscore_900s')
const volatility60 = featureIndex('volatility_60s')
const logVolatility60 = featureIndex('log_volatility_60s')

/**
 * Realised volatilities, their logs and ratios.
 * @param min share of a look-back that must hold a mid.
 */
export function computeVolatility(history: History, values: Float64Array, min: number): void {
  let w = 0
  for (const group of history.returns) {
    group.over(history)
    for (let i = 0; i < group.std.length; i++, w++) {
      const covered = history.counted('mids', volatilityWindows[w]) >= min * volatilityWindows[w]
      const value = covered ? group.std[i] : Number.NaN
      values[volatility[w]] = value
      values[logVolatility[w]] = logAbove(value, volatilityFloor)
    }
  }
  for (const ratio of ratios)
    values[ratio.at] = Math.max(values[ratio.short], volatilityFloor) / Math.max(values[ratio.long], volatilityFloor)
  if (Number.isNaN(history.column.mid[history.at])) history.recordVolatility(Number.NaN, Number.NaN)
  else history.recordVolatility(values[volatility60], values[logVolatility60])
}

/** HAR means, truncated EWMA volatilities, and what is made of the past volatility_60s. */
export function computeVolatilityMemory(history: History, values: Float64Array): void {
  let n = 0
  let sum = 0
  let minute = 0
  for (const { at, minutes } of har) {
    for (; minute < minutes; minute++) {
      const value = history.before('logVolatility60', 60 * minute)
      if (Number.isNaN(value)) continue
      n++
      sum += value
    }
    values[at] = n > 0 ? sum / n : Number.NaN
  }
  for (let i = 0; i < ewma.length; i++) {
    const known = history.ewma[i].known.over(history)
    values[ewma[i]] = known > 0 ? Math.sqrt(history.ewma[i].squares.over(history) / known) : Number.NaN
  }
  const { volatilities } = history
  volatilities.over(history)
  values[ofVolatility] = volatilities.std[0]
  values[zscore] = (values[volatility60] - volatilities.mean[1]) / Math.max(volatilities.std[1], volatilityFloor)
}

/** Signed and absolute returns over several spans, and the mean absolute return. */
export function computeReturns(history: History, values: Float64Array): void {
  const mid = history.column.mid[history.at]
  for (const { n, signed, absolute } of returns) {
    const value = log(mid / history.before('mid', n))
    values[signed] = value
    values[absolute] = Math.abs(value)
  }
  history.absoluteReturns.over(history)
  values[meanAbs] = history.absoluteReturns.mean[0]
}
