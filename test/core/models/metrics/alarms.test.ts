import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { alarmsAtRate, onsetsOf, soundAlarms, type Track } from '../../../../src/core/models/metrics/alarms.ts'

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

test('the threshold keeps to the rate', () => {
  const random = seededRandom(4)
  const scores = seconds.map(() => random())
  const found = alarmsAtRate([track(scores, spikes)])
  expect(found.false_alarms).toBeLessThanOrEqual(6 * found.hours)
})
