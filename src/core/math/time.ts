/** A time in microseconds since the epoch as ISO 8601 text: UTC, whole milliseconds. */
export function isoTime(micros: number): string {
  return new Date(micros / 1000).toISOString()
}
