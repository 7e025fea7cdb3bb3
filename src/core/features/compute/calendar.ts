import { cos, sin } from '../../math/numeric.ts'
import { type FeatureGroup, feature, own } from '../feature.ts'

const marks = [5, 15, 60]
/** Angles of Monday to Sunday. */
const weekdayAngles = Array.from({ length: 7 }, (_, weekday) => (2 * Math.PI * weekday) / 7)
const weekdaySines = weekdayAngles.map(sin)
const weekdayCosines = weekdayAngles.map(cos)

/** Where T lies in the hour, the day and the week. */
export const calendar: FeatureGroup = {
  features: [
    ...marks.map(minutes =>
      feature(
        `mark_${minutes}m_ahead`,
        '0/1',
        0,
        `1 if a multiple of ${minutes} minutes lies in (T, T+60 s], else 0`,
        '',
        own,
        0,
      ),
    ),
    feature('hour_sin', '1', 0, 'sin(2 pi * hour of day/24), hour with its fraction, UTC', '', own, 0),
    feature('hour_cos', '1', 0, 'cos of the same', '', own, 0),
    feature('weekday_sin', '1', 0, 'sin(2 pi * day of week/7), Monday 0, UTC', '', own, 0),
    feature('weekday_cos', '1', 0, 'cos of the same', '', own, 0),
  ],
  prepare(history, at) {
    const ahead = marks.map(minutes => ({ seconds: 60 * minutes, at: at(`mark_${minutes}m_ahead`) }))
    const [hourSin, hourCos, weekdaySin, weekdayCos] = ['hour_sin', 'hour_cos', 'weekday_sin', 'weekday_cos'].map(at)
    return values => {
      const { time } = history
      for (const { seconds, at } of ahead)
        values[at] = Math.floor((time + 60) / seconds) > Math.floor(time / seconds) ? 1 : 0
      const dayAngle = (2 * Math.PI * (time % 86_400)) / 86_400
      values[hourSin] = sin(dayAngle)
      values[hourCos] = cos(dayAngle)
      const weekday = (Math.floor(time / 86_400) + 3) % 7
      values[weekdaySin] = weekdaySines[weekday]
      values[weekdayCos] = weekdayCosines[weekday]
    }
  },
}
