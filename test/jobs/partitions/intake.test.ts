import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Intake } from '../../../src/jobs/partitions/intake.ts'
import { RecordTimes } from '../../../src/jobs/partitions/record_times.ts'
import { Durations } from '../../../src/operations/durations.ts'
import type { Incoming, Outgoing } from '../../../src/streams/port.ts'

/** A partition whose records are due where their value says so. */
function partition(number: number) {
  let due: Outgoing[] = []
  let next = 0
  return {
    anticipate() {
      if (toCome === 0) return false
      toCome--
      vi.advanceTimersByTime(1)
      return true
    },
    take({ value, offset }: Incoming) {
      if (value.length > 0) due.push({ topic: 'out', key: 'a', value })
      next = offset + 1
    },
    get due() {
      return due
    },
    prepare: () => void log.push(`${number} prepare ${due.length}`),
    async commit() {
      log.push(`${number} write ${due.length} to ${next}`)
      due = []
      await writing()
    },
  }
}

let log: string[]
let intake: Intake
let writing: () => Promise<void>
/** Milliseconds of work that can be done ahead. */
let toCome = 0
const offsets = [0, 0]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  log = []
  offsets.fill(0)
  toCome = 0
  writing = async () => {}
  const status = { transactions: new Durations(), times: new RecordTimes() }
  intake = new Intake(new Map([0, 1].map(number => [number, partition(number)])), status)
})
afterEach(async () => {
  await intake.close()
  vi.useRealTimers()
})

/** @param due one letter a record: `r` becomes due, `.` does not. */
const batch = (due: string, place = 0): Incoming[] =>
  [...due].map(letter => ({
    topic: 'in',
    partition: place,
    offset: offsets[place]++,
    key: 'a',
    value: Buffer.from(letter === 'r' ? 'r' : ''),
  }))

test('what comes due in several batches goes into one transaction, begun once nothing more comes', async () => {
  await intake.take(batch('.r'))
  await vi.advanceTimersByTimeAsync(3)
  await intake.take(batch('rr.'))
  await vi.advanceTimersByTimeAsync(3)
  expect(log).toEqual(['0 prepare 1', '0 prepare 3'])
  await vi.advanceTimersByTimeAsync(1)
  expect(log.slice(2)).toEqual(['0 write 3 to 5'])
})

test('where something is due all the time a transaction begins 20 ms after the first', async () => {
  for (let ms = 0; ms < 24; ms += 3) {
    await intake.take(batch('r'))
    await vi.advanceTimersByTimeAsync(3)
  }
  expect(log.slice(6)).toEqual(['0 prepare 7', '0 write 7 to 7', '0 prepare 1'])
})

test('what comes due during a transaction waits for its end, in no other partition', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  writing = () => promise
  await intake.take(batch('r'))
  await vi.advanceTimersByTimeAsync(7)
  await intake.take(batch('rr'))
  await intake.take(batch('r', 1))
  await vi.advanceTimersByTimeAsync(30)
  const first = ['0 prepare 1', '0 write 1 to 1', '1 prepare 1', '1 write 1 to 1']
  expect(log).toEqual(first)
  resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(log).toEqual([...first, '0 write 2 to 3'])
})

test('positions alone are written four times a second, with no preparation', async () => {
  for (let ms = 0; ms <= 550; ms += 50) {
    await intake.take(batch('..'))
    await vi.advanceTimersByTimeAsync(50)
  }
  expect(log).toEqual(['0 write 0 to 12', '0 write 0 to 24'])
})

test('the rest is written at once, whether more is expected or not', async () => {
  await intake.take([...batch('r.'), ...batch('.', 1)])
  await intake.rest()
  expect(log).toEqual(['0 prepare 1', '0 write 1 to 2', '1 write 0 to 1'])
  await vi.advanceTimersByTimeAsync(300)
  expect(log).toHaveLength(3)
})

test('a transaction that failed is told by the next batch, and none is begun after it', async () => {
  writing = () => Promise.reject(new Error('gone'))
  await intake.take(batch('r'))
  await vi.advanceTimersByTimeAsync(7)
  await expect(intake.take(batch('r'))).rejects.toThrow('gone')
  await vi.advanceTimersByTimeAsync(300)
  await expect(intake.rest()).rejects.toThrow('gone')
  expect(log.filter(line => line.includes('write'))).toEqual(['0 write 1 to 1'])
})

test('after the end nothing is begun, not what was waiting for more either', async () => {
  await intake.take(batch('r'))
  await intake.close()
  await vi.advanceTimersByTimeAsync(300)
  await intake.rest()
  expect(log).toEqual(['0 prepare 1'])
})

test('work to come is done for a millisecond a batch, but not while anything waits to be written', async () => {
  toCome = 3
  await intake.take(batch('.'))
  expect(toCome).toBe(2)
  await intake.take(batch('r'))
  expect(toCome).toBe(2)
  await vi.advanceTimersByTimeAsync(7)
  await intake.take(batch('.', 1))
  await intake.take(batch('.', 1))
  await intake.take(batch('.', 1))
  expect(toCome).toBe(0)
})
