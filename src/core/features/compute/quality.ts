import { type FeatureGroup, feature, own } from '../feature.ts'

const windows = [60, 300, 900]

/** How much of the past is known: coverage, gaps, age of mid. */
export const quality: FeatureGroup = {
  features: [
    ...windows.map(n => feature(`coverage_${n}s`, 'share', n, `share of the last ${n} seconds with a mid`, '', own, 0)),
    feature('since_gap', 's', 900, 'T less the end of the last gap', 'no gap in the last 900 bars', own, 0),
    feature('gaps_300s', 'gaps', 300, 'gaps that ended in the last 300 bars', '', own, 0),
    feature('mid_age', 's', 11, 'seconds for which mid has been carried: 0 to 10', '', own, 0),
  ],
  prepare(history, at) {
    const { column } = history
    const coverages = windows.map(n => ({ n, at: at(`coverage_${n}s`) }))
    const [sinceGap, gaps, age] = ['since_gap', 'gaps_300s', 'mid_age'].map(at)
    return values => {
      for (const { n, at } of coverages) values[at] = history.counted('mids', n) / n
      values[sinceGap] = history.secondsSince(column.gapTime[history.at])
      values[gaps] = history.counted('gaps', 300)
      values[age] = column.age[history.at]
    }
  },
}
