import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import {
  type AlarmSummary,
  alarmsAtRate,
  onsetsOf,
  randomSmoothScore,
  soundAlarms,
  type Track,
  tracksOf,
} from '../../../../src/core/models/metrics/alarms.ts'

const track = (scores: number[], spiking: number[]): Track => ({
  time: Float64Array.from(scores, (_, i) => i),
  spiking: Uint8Array.from(spiking),
  scores: Float64Array.from(scores),
})
const seconds = Array.from({ length: 1000 }, (_, i) => i)
const spikes = seconds.map(i => ((i >= 500 && i < 520) || (i >= 560 && i < 570) || i >= 900 ? 1 : 0))

test('an onset comes after a minute below tau', () => {
  expect(onsetsOf(track(seconds, spikes))).toEqual([500, 900])
})

test('lead is onset less first alarm; a false one looks 120 s ahead in vain; none while the spike is on', () => {
  const scores = seconds.map(i => (i === 200 || (i >= 430 && i < 520) || i === 899 ? 1 : 0))
  expect(soundAlarms([track(scores, spikes)], 1)).toMatchObject({
    onsets: 2,
    caught: 2,
    false_alarms: 1,
    lead_s: 35.5,
  })
})

/** Word for word, from the definitions: every second asks anew what it may say and what then came. */
function slowAlarms(tracks: Track[], threshold: number): AlarmSummary {
  const leads: number[] = []
  let onsets = 0
  let falseAlarms = 0
  for (const { time, spiking, scores } of tracks) {
    const spikes = [...time].filter((_, i) => spiking[i] === 1)
    const starts = spikes.filter(t => !spikes.some(other => other < t && other >= t - 60))
    onsets += starts.length
    const alarms: number[] = []
    const warned = new Set<number>()
    for (const [i, now] of time.entries()) {
      if (spiking[i] === 1 || scores[i] < threshold || alarms.some(given => now < given + 120)) continue
      alarms.push(now)
      const start = starts.find(t => t > now && t <= now + 120 && !warned.has(t))
      if (start === undefined) falseAlarms++
      else warned.add(start)
      if (start !== undefined) leads.push(start - now)
    }
  }
  const sorted = leads.toSorted((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return {
    onsets,
    caught: leads.length,
    false_alarms: falseAlarms,
    hours: tracks.reduce((sum, { time }) => sum + time.length, 0) / 3600,
    lead_s: leads.length === 0 ? null : (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2,
    threshold: Number.isFinite(threshold) ? threshold : null,
  }
}

/** Minutes of a product where spikes and high scores come and go, with silences, on seconds where all limits are met exactly. */
const market = fc
  .array(
    fc.record({
      seconds: fc.constantFrom(1, 2, 20, 59, 60, 61, 119, 120, 121),
      step: fc.constantFrom(1, 20, 60),
      spiking: fc.integer({ min: 0, max: 4 }).map(draw => (draw === 0 ? 1 : 0)),
      score: fc.nat({ max: 5 }),
    }),
    { maxLength: 30 },
  )
  .map(stretches => {
    const rows: [time: number, spiking: number, score: number][] = []
    let time = 0
    for (const { seconds: length, step, spiking, score } of stretches)
      for (const end = time + length; time < end; time += step) rows.push([time, spiking, score])
    return {
      time: Float64Array.from(rows, ([t]) => t),
      spiking: Uint8Array.from(rows, ([, spike]) => spike),
      scores: Float64Array.from(rows, ([, , score]) => score),
    }
  })

test('onsets, alarms, leads and hours are those of the definitions, also where a limit is met exactly', () => {
  fc.assert(
    fc.property(
      fc.array(market, { maxLength: 3 }),
      fc.constantFrom(1, 3, 5, Number.POSITIVE_INFINITY),
      (tracks, at) => {
        expect(soundAlarms(tracks, at)).toEqual(slowAlarms(tracks, at))
      },
    ),
    { numRuns: 300, seed: 7 },
  )
})

test('an onset 120 s after the alarm is caught, one 121 s after it is not; the next alarm is given 120 s later', () => {
  const of = (distance: number) => {
    const rows = Array.from({ length: 400 }, (_, i) => i)
    const spiking = rows.map(i => (i === 100 + distance ? 1 : 0))
    return soundAlarms(
      [
        track(
          rows.map(i => (i === 100 ? 1 : 0)),
          spiking,
        ),
      ],
      1,
    )
  }
  expect(of(120)).toMatchObject({ caught: 1, false_alarms: 0, lead_s: 120 })
  expect(of(121)).toMatchObject({ caught: 0, false_alarms: 1, lead_s: null })
  const always = track(
    seconds.map(() => 1),
    seconds.map(() => 0),
  )
  expect(soundAlarms([always], 1)).toMatchObject({ false_alarms: 9, caught: 0 })
})

test('the threshold is the lowest one, in half per cents of all rows, before six false alarms an hour are passed', () => {
  // Two hours; each of the 30 calm peaks is a false alarm of its own as soon as the threshold is under it.
  const length = 7200
  const peaks = Array.from({ length: 30 }, (_, i) => 100 + i * 230)
  const scores = Array.from({ length }, () => 0)
  for (const [i, at] of peaks.entries()) for (let s = 0; s < 24; s++) scores[at + s] = 30 - i
  const quiet = Array.from({ length }, () => 0)
  const halves = [track(scores.slice(0, 3600), quiet), track(scores.slice(3600), quiet)]
  // 24 rows are a third of a per cent; six an hour allow twelve, which are 288 rows: exactly 4 per cent.
  const found = alarmsAtRate(halves)
  const sorted = scores.toSorted((a, b) => a - b)
  const share = (percent: number): number => {
    const at = (percent / 100) * (length - 1)
    const low = sorted[Math.floor(at)]
    return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low)
  }
  const steps = Array.from({ length: 200 }, (_, i) => share(99.5 - i / 2))
  const first = steps.findIndex(threshold => slowAlarms(halves, threshold).false_alarms > 12)
  expect(found).toEqual(slowAlarms(halves, steps[first - 1]))
  expect(found.false_alarms).toBe(12)
})

test('where even the lowest threshold gives few alarms, it is the one; where the highest gives too many, there is none', () => {
  const quiet = seconds.map(() => 0)
  const flat = track(quiet, quiet)
  expect(alarmsAtRate([flat])).toMatchObject({ threshold: null, false_alarms: 0, onsets: 0 })
  const caught = track(
    quiet,
    seconds.map(i => (i % 120 === 60 ? 1 : 0)),
  )
  expect(alarmsAtRate([caught])).toMatchObject({ threshold: 0, false_alarms: 1, caught: 8 })
})

test('the threshold is sought from 99.5 per cent of the rows down to all of them, in halves', () => {
  const slow = (tracks: Track[]): AlarmSummary => {
    const sorted = tracks.flatMap(({ scores }) => [...scores]).toSorted((a, b) => a - b)
    let best = slowAlarms(tracks, Number.POSITIVE_INFINITY)
    for (const percent of Array.from({ length: 200 }, (_, i) => 99.5 - i / 2)) {
      const place = (percent / 100) * (sorted.length - 1)
      const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
      const found = slowAlarms(tracks, low + (place - Math.floor(place)) * (high - low))
      if (found.false_alarms > 6 * found.hours) break
      best = found
    }
    return best
  }
  // Rows 600 s apart that are all followed by an onset: none is a false alarm, at whatever threshold.
  const rows = Array.from({ length: 300 }, (_, i) => 300 * i + (i % 2 === 0 ? 240 : 0))
  const warned = {
    time: Float64Array.from(rows),
    spiking: Uint8Array.from(rows, (_, i) => i % 2),
    scores: Float64Array.from(rows),
  }
  expect(alarmsAtRate([warned])).toEqual(slow([warned]))
  expect(alarmsAtRate([warned])).toMatchObject({ caught: 150, threshold: rows[0] })
  const seconds = Array.from({ length: 2000 }, (_, i) => i)
  const random = seededRandom(3)
  for (const every of [100, 150, 300, 700, 1000]) {
    const scores = seconds.map(i => (i % every < 3 ? 10 + random() : random() / (1 + (i % 7))))
    const walk = track(
      scores,
      seconds.map(i => (i % 450 > 400 ? 1 : 0)),
    )
    const expected = slow([walk])
    const threshold = expected.threshold === null ? null : expect.closeTo(expected.threshold, 9)
    expect(alarmsAtRate([walk])).toEqual({ ...expected, threshold })
  }
})

test('a track is one group and product, in order, with a spike where volatility reaches tau', () => {
  const rows = {
    ...{ group: [0, 0, 1, 0], product: ['A', 'B', 'A', 'A'], time: [1e6, 1e6, 2e6, 3e6] },
    ...{ volatility: [1, 2, 3, 4], tau: [1, 3, 3, 5] },
  }
  const found = tracksOf(rows as never, Float64Array.of(0.1, 0.2, 0.3, 0.4))
  const told = found.map(({ time, spiking, scores }) => [[...time], [...spiking], [...scores]])
  expect(told).toEqual([
    [
      [1, 3],
      [1, 0],
      [0.1, 0.4],
    ],
    [[1], [0], [0.2]],
    [[2], [1], [0.3]],
  ])
})

test('the random smooth score is the mean of the next 60 draws of its seed', () => {
  const random = seededRandom(9)
  const draws = Array.from({ length: 260 }, random)
  const found = randomSmoothScore(200, 9)
  expect(found.length).toBe(200)
  for (const [i, score] of found.entries()) {
    // The window of row i ends with draw i + 60.
    const window = draws.slice(i + 1, i + 61)
    expect(score).toBeCloseTo(window.reduce((sum, draw) => sum + draw, 0) / 60, 12)
  }
})
