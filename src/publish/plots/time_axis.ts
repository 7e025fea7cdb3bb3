/** Time in milliseconds since the epoch, under the field `time`. */
export const timeAxis = {
  field: 'time',
  type: 'temporal' as const,
  scale: { type: 'utc' as const },
  title: 'Time (UTC)',
  axis: { grid: false, tickCount: 7, format: '%b %d %H:%M', labelOverlap: true },
}

/** A number under the field `value`. */
export function level(title: string, zero: boolean) {
  return { field: 'value', type: 'quantitative' as const, title, scale: { zero }, axis: { tickCount: 5 } }
}
