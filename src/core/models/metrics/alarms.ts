import { z } from 'zod'
import { groupIndices } from '../../math/group_indices.ts'
import { percentileOf, percentileOfSorted } from '../../math/percentile.ts'
import { seededRandom } from '../../math/random.ts'
import type { JudgedRows } from './judged_rows.ts'

/** What a score is worth as an alarm: onsets that it warned of, and what that cost. */
export const alarmsSchema = z.strictObject({
  onsets: z.number(),
  caught: z.number(),
  false_alarms: z.number(),
  /** Hours of one product that were looked at. */
  hours: z.number(),
  /** Median seconds from the first alarm to the onset, over caught ones; null where none is. */
  lead_s: z.number().nullable(),
  /** Score at which an alarm is given; null where none may be given. */
  threshold: z.number().nullable(),
})
export type AlarmSummary = z.infer<typeof alarmsSchema>

/** Rows of one product in order of time, whatever silences lie between them. */
export interface Track {
  /** T in seconds. */
  time: Float64Array
  /** Whether volatility_60s has reached tau: the spike has come. */
  spiking: Uint8Array
  scores: Float64Array
}

/** Seconds that an alarm looks ahead; the next one is given only after them. */
const reach = 120
/** Seconds without a spike before an onset is a new one. */
const calm = 60

/** Onsets: rows where volatility_60s reaches tau and had not in the `calm` seconds before. */
export function onsetsOf({ time, spiking }: Track): number[] {
  const onsets: number[] = []
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < time.length; i++) {
    if (spiking[i] === 0) continue
    if (time[i] - last > calm) onsets.push(time[i])
    last = time[i]
  }
  return onsets
}

/**
 * What a user of alarms feels. An alarm is given at the first second with score >= threshold, and again only 120 s later; no
 * alarm is given while the product is spiking. It is false when no onset follows in its 120 s. Lead is onset less alarm.
 */
export function soundAlarms(tracks: Track[], threshold: number): AlarmSummary {
  const leads: number[] = []
  let onsetCount = 0
  let falseAlarms = 0
  let seconds = 0
  for (const track of tracks) {
    const onsets = onsetsOf(track)
    onsetCount += onsets.length
    seconds += track.time.length
    let free = Number.NEGATIVE_INFINITY
    let next = 0
    for (let i = 0; i < track.time.length; i++) {
      const now = track.time[i]
      if (track.spiking[i] === 1 || now < free || track.scores[i] < threshold) continue
      while (next < onsets.length && onsets[next] <= now) next++
      if (next < onsets.length && onsets[next] - now <= reach) leads.push(onsets[next++] - now)
      else falseAlarms++
      free = now + reach
    }
  }
  const hours = seconds / 3600
  const lead_s = leads.length > 0 ? percentileOf(leads, 50) : null
  return {
    onsets: onsetCount,
    caught: leads.length,
    false_alarms: falseAlarms,
    hours,
    lead_s,
    threshold: Number.isFinite(threshold) ? threshold : null,
  }
}

/** Where an alarm is looked for: false alarms an hour that are allowed, and per cent of rows from one threshold to the next. */
export interface AlarmRate {
  perHour: number
  step: number
}

/** How alarms are compared in a training: one false alarm in ten minutes. */
const usual: AlarmRate = { perHour: 6, step: 0.5 }

/**
 * At the lowest threshold, coming from above, before false alarms pass so many an hour: six, in steps of half a per cent of rows,
 * where no rate is given.
 */
export function alarmsAtRate(tracks: Track[], { perHour, step }: AlarmRate = usual): AlarmSummary {
  const all = Float64Array.from(tracks.flatMap(({ scores }) => Array.from(scores))).sort()
  let best = soundAlarms(tracks, Number.POSITIVE_INFINITY)
  for (let i = 1; i * step <= 100; i++) {
    const found = soundAlarms(tracks, percentileOfSorted(all, 100 - i * step))
    if (found.false_alarms > perHour * found.hours) break
    best = found
  }
  return best
}

/** One track for each group and product, whatever the order in which groups and products lie. */
export function tracksOf({ group, product, time, volatility, tau }: JudgedRows, score: Float64Array): Track[] {
  const places = groupIndices(score.length, i => `${group[i]} ${product[i]}`)
  return [...places.values()].map(rows => ({
    time: Float64Array.from(rows, i => time[i] / 1e6),
    spiking: Uint8Array.from(rows, i => (volatility[i] >= tau[i] ? 1 : 0)),
    scores: Float64Array.from(rows, i => score[i]),
  }))
}

/** A score that knows nothing but is as smooth as a volatility: the mean of 60 seeded uniform numbers, one per row. */
export function randomSmoothScore(rows: number, seed: number): Float64Array {
  const random = seededRandom(seed)
  const draws = Float64Array.from({ length: rows + 60 }, random)
  let sum = 0
  for (let i = 0; i < 60; i++) sum += draws[i]
  return Float64Array.from({ length: rows }, (_, i) => {
    sum += draws[i + 60] - draws[i]
    return sum / 60
  })
}
