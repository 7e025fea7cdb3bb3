import { cos, sin } from '../../math/numeric.ts'
import { featureIndex } from '../spec.ts'
import type { History } from '../window/history.ts'
import { secondsSince } from './activity.ts'

const marks = [5, 15, 60].map(minutes => ({ seconds: 60 * minutes, at: featureIndex(`mark_${minutes}m_ahead`) }))
const hourSin = featureIndex('hour_sin')
const hourCos = featureIndex('hour_cos')
/** Angles of Monday to Sunday. */
const weekdayAngles = Array.from({ length: 7 }, (_, weekday) => (2 * Math.PI * weekday) / 7)
const weekdaySines = weekdayAngles.map(sin)
const weekdayCosines = weekdayAngles.map(cos)
const weekdaySin = featureIndex('weekday_sin')
const weekdayCos = featureIndex('weekday_cos')
const coverages = [60, 300, 900].map(n => ({ n, at: featureIndex(`coverage_${n}s`) }))
const sinceGap = featureIndex('since_gap')
const gaps300 = featureIndex('gaps_300s')
const midAge = featureIndex('mid_age')

/** Where T lies in the hour, the day and the week. */
export function computeCalendar(history: History, values: Float64Array): void {
  const time = history.time
  for (const { seconds, at } of marks)
    values[at] = Math.floor((time + 60) / seconds) > Math.floor(time / seconds) ? 1 : 0
  const dayAngle = (2 * Math.PI * (time % 86_400)) / 86_400
  values[hourSin] = sin(dayAngle)
  values[hourCos] = cos(dayAngle)
  const weekday = (Math.floor(time / 86_400) + 3) % 7
  values[weekdaySin] = weekdaySines[weekday]
  values[weekdayCos] = weekdayCosines[weekday]
}

/** How much of the past is known: coverage, gaps, age of mid. */
export function computeQuality(history: History, values: Float64Array): void {
  for (const { n, at } of coverages) values[at] = history.counted('mids', n) / n
  values[gaps300] = history.counted('gaps', 300)
  values[midAge] = history.column.age[history.at]
  values[sinceGap] = secondsSince(history, history.column.gapTime[history.at])
}
