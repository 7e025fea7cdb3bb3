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
 * Panels for times with long holes between them, as captures of several days: each stretch without a hole of more than an hour has
 * one, as wide as its share of the time. One panel where there would be more than six.
 * @param times ISO texts. @param reach how long each of them stands for, milliseconds.
 */
export function cutTime(times: string[], reach: number, width: number): TimePanel[] {
  const sorted = [...new Set(times.map(time => Date.parse(time)))].sort((a, b) => a - b)
  const spans: { from: number; to: number }[] = []
  for (const time of sorted) {
    const last = spans.at(-1)
    if (last !== undefined && time - last.to <= silence) last.to = time + reach
    else spans.push({ from: time, to: time + reach })
  }
  if (spans.length === 0) return []
  const panels = spans.length <= mostPanels ? spans : [{ from: spans[0].from, to: spans[spans.length - 1].to }]
  const total = panels.reduce((sum, { from, to }) => sum + to - from, 0)
  const free = width - 14 * (panels.length - 1)
  return panels.map(({ from, to }) => ({ from, to, width: Math.max(50, Math.round((free * (to - from)) / total)) }))
}

/** Encoding of time in a panel: time of day, with the date where a file has several panels or more than a day. */
export function timeScale({ from, to, width }: TimePanel, panels: TimePanel[]) {
  const dated = panels.length > 1 || to - from > 86_400_000
  return {
    type: 'temporal' as const,
    scale: { type: 'utc' as const, domain: [from, to] },
    axis: {
      format: dated ? '%b %d %H:%M' : '%H:%M',
      tickCount: Math.max(1, Math.round(width / (dated ? 150 : 90))),
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
