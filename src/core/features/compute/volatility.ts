import { logAbove } from '../../math/numeric.ts'
import { type FeatureGroup, feature, realised, volatilityFloor } from '../feature.ts'
import { Moments } from '../window/moments.ts'

/** Windows in seconds, each group folded from panes of its own. */
/** Each group is folded from panes as long as its first. */
const groups = [
  [5, 10],
  [30, 60, 120],
  [300, 900],
]
const windows = groups.flat()
const ratios = [
  [10, 60],
  [60, 300],
  [60, 900],
  [300, 900],
]

/** Realised volatilities, their logs and ratios. Those of 60 s become columns of the history: others are made of their past. */
export const volatility: FeatureGroup = {
  features: [
    ...windows.map(n =>
      feature(
        `volatility_${n}s`,
        'log return',
        n,
        `sample std of r(T-${n - 1})..r(T)`,
        'fewer than 2 returns',
        realised,
      ),
    ),
    ...windows.map(n =>
      feature(`log_volatility_${n}s`, 'ln', n, `ln(max(volatility_${n}s, 1e-7))`, `volatility_${n}s null`, realised),
    ),
    ...ratios.map(([short, long]) =>
      feature(
        `volatility_ratio_${short}_${long}`,
        '1',
        long,
        `max(volatility_${short}s, 1e-7)/max(volatility_${long}s, 1e-7)`,
        'either volatility null',
      ),
    ),
  ],
  everySecond: true,
  prepare(history, at, minCoverage) {
    const { column } = history
    const folds = groups.map(group => history.addFold(new Moments(column.r, group)))
    const plain = windows.map(n => at(`volatility_${n}s`))
    const logs = windows.map(n => at(`log_volatility_${n}s`))
    const quotients = ratios.map(([short, long]) => ({
      at: at(`volatility_ratio_${short}_${long}`),
      short: at(`volatility_${short}s`),
      long: at(`volatility_${long}s`),
    }))
    const [plain60, log60] = ['volatility_60s', 'log_volatility_60s'].map(at)
    return values => {
      let w = 0
      for (const fold of folds) {
        fold.over(history)
        for (let i = 0; i < fold.std.length; i++, w++) {
          const covered = history.counted('mids', windows[w]) >= minCoverage * windows[w]
          const value = covered ? fold.std[i] : Number.NaN
          values[plain[w]] = value
          values[logs[w]] = logAbove(value, volatilityFloor)
        }
      }
      for (const { at, short, long } of quotients)
        values[at] = Math.max(values[short], volatilityFloor) / Math.max(values[long], volatilityFloor)
      const isRow = !Number.isNaN(column.mid[history.at])
      column.volatility60[history.at] = isRow ? values[plain60] : Number.NaN
      column.logVolatility60[history.at] = isRow ? values[log60] : Number.NaN
    }
  },
}
