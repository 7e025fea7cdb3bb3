import type { FeatureTable } from '../../features/table.ts'
import { cos, sin } from '../../math/numeric.ts'
import { type AuditCheck, verdictOf } from './check.ts'

const minute = 60e6

/** Of a time in microseconds, what the spec says of it: marks in (T, T+60 s], hour and weekday on a circle. */
const expected: Record<string, (time: number, date: Date) => number> = {
  ...Object.fromEntries([5, 15, 60].map(minutes => [`mark_${minutes}m_ahead`, markAhead(minutes * minute)])),
  hour_sin: time => sin(2 * Math.PI * hourOf(time)),
  hour_cos: time => cos(2 * Math.PI * hourOf(time)),
  weekday_sin: (_, date) => sin((2 * Math.PI * ((date.getUTCDay() + 6) % 7)) / 7),
  weekday_cos: (_, date) => cos((2 * Math.PI * ((date.getUTCDay() + 6) % 7)) / 7),
}

/** The columns that follow from a row's time alone: a file whose times were shifted does not keep them. */
export function checkCalendar({ rows, time, columns }: FeatureTable): AuditCheck {
  const wrong = new Map<string, number>()
  const note = (name: string): void => void wrong.set(name, (wrong.get(name) ?? 0) + 1)
  for (let row = 0; row < rows; row++) {
    if (time[row] % 1e6 !== 0) note('time (a whole second)')
    const date = new Date(time[row] / 1000)
    for (const [name, of] of Object.entries(expected))
      if (!(Math.abs(columns[name][row] - of(time[row], date)) < 1e-9)) note(name)
  }
  return verdictOf(
    'calendar',
    [...wrong].map(([name, many]) => `${name} is not that of the row's time in ${many} of ${rows} rows`),
    `hour, weekday and marks of all ${rows} rows are those of their times`,
  )
}

function markAhead(every: number): (time: number) => number {
  return time => (Math.floor((time + minute) / every) > Math.floor(time / every) ? 1 : 0)
}

/** Share of the day. */
function hourOf(time: number): number {
  return (time % 86_400e6) / 86_400e6
}
