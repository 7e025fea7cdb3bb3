/** Axis of time of day, with the date where the times span more than a day. @param times ISO texts. */
export function timeAxis(times: string[]): { format: string; tickCount: number; grid: false } {
  const sorted = [...times].sort()
  const span = sorted.length > 0 ? Date.parse(sorted[sorted.length - 1]) - Date.parse(sorted[0]) : 0
  return { format: span > 86_400_000 ? '%b %d %H:%M' : '%H:%M', tickCount: 6, grid: false }
}
