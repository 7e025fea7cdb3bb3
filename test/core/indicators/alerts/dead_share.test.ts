import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeadShare } from '../../../../src/core/indicators/alerts/dead_share.ts'

type Told = [percent: number, end: number]
/** Of a span of 50 s a step has 10. */
const span = 50
const second = 1e6

/** Of a letter in step s: the letters of five steps up to s that were judged before it or with it, among all that came there. */
function slowShares(records: { time: number; dead: boolean }[]): Told[] {
  const told: Told[] = []
  const [events, letters, waiting]: number[][] = [[], [], []]
  let [eventStep, letterStep] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const judge = (step: number): void => {
    letters.push(step)
    const inSpan = (at: number): boolean => at > step - 5 && at <= step
    const [dead, good] = [letters.filter(inSpan).length, events.filter(inSpan).length]
    told.push([(100 * dead) / (dead + good), (step + 1) * 10])
  }
  for (const { time, dead } of records) {
    const own = Math.floor(time / 10)
    if (dead) {
      letterStep = Math.max(letterStep, own)
      if (letterStep < eventStep) judge(letterStep)
      else waiting.push(letterStep)
    } else {
      eventStep = Math.max(eventStep, own)
      for (const step of waiting.filter(at => at < eventStep)) judge(step)
      waiting.splice(0, waiting.length, ...waiting.filter(at => at >= eventStep))
      events.push(eventStep)
    }
  }
  return told
}

const records = fc
  .array(fc.record({ by: fc.integer({ min: -20, max: 30 }), dead: fc.boolean() }), { maxLength: 80 })
  .map(all => {
    let time = 100_000
    return all.map(({ by, dead }) => {
      time += by
      return { time, dead }
    })
  })

function take(share: DeadShare, { time, dead }: { time: number; dead: boolean }, told: Told[]): void {
  const look = (percent: number, end: number): void => void told.push([percent, end])
  if (dead) share.takeLetter(time * second, look)
  else share.takeEvent(time * second, look)
}

test('the share of dead letters is that of its span, whichever of both come first', () => {
  fc.assert(
    fc.property(records, all => {
      const told: Told[] = []
      const share = new DeadShare(span)
      for (const one of all) take(share, one, told)
      expect(told).toEqual(slowShares(all))
    }),
    { numRuns: 300 },
  )
})

test('goes on from its state as if nothing had been', () => {
  fc.assert(
    fc.property(records, fc.nat({ max: 80 }), (all, cut) => {
      const [whole, first] = [new DeadShare(span), new DeadShare(span)]
      const [one, other]: Told[][] = [[], []]
      for (const record of all) take(whole, record, one)
      for (const record of all.slice(0, cut)) take(first, record, other)
      const next = new DeadShare(span)
      next.restore(JSON.parse(JSON.stringify(first.state())))
      expect(next.state()).toEqual(first.state())
      for (const record of all.slice(cut)) take(next, record, other)
      expect(other).toEqual(one)
    }),
  )
})

test('remembers 1,440 steps of events, and of letters and what waits no more than can be asked for', () => {
  const share = new DeadShare(span)
  for (let step = 0; step < 3000; step++) {
    take(share, { time: 10 * step, dead: false }, [])
    take(share, { time: 10 * step - 15, dead: true }, [])
  }
  const { events, letters, waiting } = share.state()
  expect(events.length).toBeLessThanOrEqual(10)
  expect(letters.length).toBeLessThanOrEqual(7)
  expect(waiting).toEqual([])
  const silent = new DeadShare(span)
  for (let step = 0; step < 3000; step++) take(silent, { time: 10 * step, dead: false }, [])
  expect(silent.state().events).toHaveLength(1442)
})
