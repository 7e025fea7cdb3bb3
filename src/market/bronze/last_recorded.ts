import { existsSync, readdirSync } from 'node:fs'
import type { Micros } from '../../core/events/event.ts'
import { parseTimestamp } from '../feeds/timestamp.ts'

const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/

/** When the newest file of a feed in a folder of bronze was begun, by its name; undefined where there is none. */
export function lastRecorded(directory: string, feed: string): Micros | undefined {
  if (!existsSync(directory)) return undefined
  let last: Micros | undefined
  for (const name of readdirSync(directory)) {
    const parts = name.startsWith(`${feed}-`) ? stamp.exec(name.slice(feed.length + 1)) : null
    if (parts === null) continue
    const [, year, month, day, hour, minute, second] = parts
    const begun = parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    if (begun !== null && begun > (last ?? 0)) last = begun
  }
  return last
}
