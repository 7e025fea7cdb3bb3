/** A stretch of time that is drawn in a panel of its own. Milliseconds. */
export interface TimePanel {
  from: number
  to: number
  /** Units of the picture. */
  width: number
}

const silence = 3_600_000
const mostPanels = 6

/**
 * Panels for times with long holes between them, as captures of several days: cut at holes of more than an hour, of many at the
 * five longest, each panel as wide as its share of the time that is left.
 * @param times ISO texts. @param reach how long each of them stands for, milliseconds.
 */
export function cutTime(times: string[], reach: number, width: number): TimePanel[] {
  const sorted = [...new Set(times.map(time => Date.parse(time)))].sort((a, b) => a - b)
  if (sorted.length === 0) return []
  const holes = sorted
    .slice(1)
    .map((time, i) => ({ before: i, length: time - sorted[i] - reach }))
    .filter(({ length }) => length > silence)
    .sort((a, b) => b.length - a.length)
    .slice(0, mostPanels - 1)
    .map(({ before }) => before)
    .sort((a, b) => a - b)
  const panels = [...holes, sorted.length - 1].map((last, i) => ({
    from: sorted[i === 0 ? 0 : holes[i - 1] + 1],
    to: sorted[last] + reach,
  }))
  const total = panels.reduce((sum, { from, to }) => sum + to - from, 0)
  const free = width - 14 * (panels.length - 1)
  return panels.map(({ from, to }) => ({ from, to, width: Math.max(50, Math.round((free * (to - from)) / total)) }))
}

/**
 * Encoding of time in a panel: time of day, with the date where a file has several panels or more than a day; a narrow panel of
 * many says its date alone.
 */
export function timeScale({ from, to, width }: TimePanel, panels: TimePanel[]) {
  const dated = panels.length > 1 || to - from > 86_400_000
  const isNarrow = dated && width < 150
  return {
    type: 'temporal' as const,
    scale: { type: 'utc' as const, domain: [from, to] },
    axis: {
      format: isNarrow ? '%b %d' : dated ? '%b %d %H:%M' : '%H:%M',
      ...(isNarrow
        ? { values: [from], labelAlign: 'left' as const }
        : { tickCount: Math.max(1, Math.round(width / (dated ? 150 : 90))) }),
      labelOverlap: true,
      labelSeparation: 6,
      grid: false,
    },
  }
}

/** Whether an ISO time lies in a panel. */
export function isInside(time: string, { from, to }: TimePanel): boolean {
  const at = Date.parse(time)
  return at >= from && at <= to
}
