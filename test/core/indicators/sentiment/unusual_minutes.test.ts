import fc from 'fast-check'
import { expect, it } from 'vitest'
import { joinBaseRate } from '../../../../src/core/indicators/sentiment/news_join.ts'
import { UnusualMinutes } from '../../../../src/core/indicators/sentiment/unusual_minutes.ts'

const minute = 60e6
const start = 29_000_000 * minute

/** Volumes minute by minute, 0 for a silent one. */
const volumes = fc.array(fc.oneof(fc.integer({ min: 50, max: 60 }), fc.constantFrom(0, 900)), {
  minLength: 25,
  maxLength: 58,
})

function minutesOf(all: number[]): UnusualMinutes {
  const minutes = new UnusualMinutes(0)
  all.forEach((volume, i) => {
    if (volume > 0) minutes.trade(start + i * minute + 7e6, `${i}`, volume * 1e8)
  })
  minutes.clock(start + all.length * minute)
  return minutes
}

it('has the base rate of every second, counted one by one', () => {
  fc.assert(
    fc.property(volumes, all => {
      const minutes = minutesOf([55, ...all])
      const { times, z } = minutes.scores()
      if (times.length === 0) return expect(minutes.baseRate(Number.POSITIVE_INFINITY)).toBeNull()
      // Up to the second before the end of the last minute: of later ones the minute after decides too.
      const end = start + (all.length + 1) * minute
      const scores = { times: [...Array.from(times), end], z: [...Array.from(z), Number.NEGATIVE_INFINITY] }
      const seconds = (end - times[0]) / 1e6
      const slow = joinBaseRate(scores, 'page')
      const last = Number(Array.from(times).some((time, i) => time >= end - minute && z[i] > 2))
      const counted = Math.round(slow * (seconds + 1)) - last
      if (seconds > 0) expect(minutes.baseRate(Number.POSITIVE_INFINITY)).toBeCloseTo(counted / seconds, 12)
    }),
  )
})

it('has the same bits in any order of the trades of a minute', () => {
  const sizes = [1e7, 2e7, 3e7, 7]
  const volumeOf = (order: number[]): unknown => {
    const minutes = new UnusualMinutes(2e6)
    for (const i of order) minutes.trade(start + i, `${i}`, sizes[i])
    minutes.clock(start + 3 * minute)
    return minutes.state()
  }
  expect(volumeOf([3, 2, 1, 0])).toEqual(volumeOf([0, 1, 2, 3]))
})

it('a minute of much volume stands far above those before it, also after a restart, and is closed for good', () => {
  const volumes = Array.from({ length: 21 }, (_, i) => 50 + (i % 2))
  const minutes = minutesOf([...volumes, 900])
  const again = new UnusualMinutes(0)
  again.restore(JSON.parse(JSON.stringify(minutes.state())))
  for (const one of [minutes, again]) {
    expect(one.scores().z.length).toBe(2)
    expect(one.scores().z[1]).toBeGreaterThan(100)
    expect(one.trade(start + 22 * minute - 1, 'late', 1e8)).toBe('late')
    expect(one.trade(start + 22 * minute, 'new', 1e8)).toBe('taken')
    expect(one.trade(start + 22 * minute + 5, 'new', 1e8)).toBe('repeated')
    expect(one.openFrom()).toBe(start + 22 * minute)
  }
})

it('after a silence of a month it goes on at once', () => {
  const minutes = minutesOf(Array.from({ length: 30 }, (_, i) => 50 + (i % 2)))
  minutes.trade(start + 43_200 * minute, 'x', 1e8)
  minutes.clock(start + 43_202 * minute)
  expect(minutes.scores().times).toEqual([start + 43_202 * minute])
  expect(minutes.watermark).toBe(start + 43_202 * minute)
})
