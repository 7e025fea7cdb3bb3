import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { type Retried, retryLetters } from '../../../src/jobs/retry/retry_letters.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { deadLetterTopic, encodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { textsOf } from '../../harness/job_outputs.ts'
import { Killed, killingStreams } from '../../harness/killing_streams.ts'

const { raw, state } = readConfig().topics
const letters = deadLetterTopic(raw.name)
const minutes = 60_000
let folder: string
let streams: Streams
let clock: number
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-retry-'))
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  await streams.createTopics([raw, { ...raw, name: letters }])
  clock = Date.UTC(2026, 0, 5, 23, 50)
})
afterEach(async () => {
  await streams.close()
  rmSync(folder, { recursive: true })
})

/** The record failed again, as a job would tell it. */
async function fail(value: string, reason = 'poison', key = 'IBM'): Promise<void> {
  const writer = await streams.writer('job')
  const record = { topic: raw.name, partition: 0, offset: 7, key, value: Buffer.from(value) }
  await writer.commit({ records: [{ topic: letters, key, value: encodeDeadLetter(record, reason) }] })
  await writer.close()
}

/** Runs until `until` holds, or it dies. */
async function retry(
  until: (retried: Retried) => boolean | Promise<boolean>,
  on = streams,
  archive = join(folder, 'archive'),
): Promise<Retried> {
  const stop = new AbortController()
  const retried: Retried = { retried: 0, archived: 0, kept: {} }
  const job = retryLetters({
    ...{ streams: on, state, from: letters, to: raw.name, everyMs: 15 * minutes, most: 5, now: () => clock, retried },
    ...{ archive, status: newJobStatus(), stop: stop.signal },
  })
  const watch = (async () => {
    while (!stop.signal.aborted) {
      if (await until(retried)) stop.abort()
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })()
  try {
    await job
  } finally {
    stop.abort()
    await watch
  }
  return retried
}

const archived = (): string[] => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return names.filter(one => one.isFile() && one.name.endsWith('.json')).map(one => join(one.parentPath, one.name))
}

test('3.13: a letter waits fifteen minutes, is tried five times, and is then in the archive, with how often and since when', async () => {
  for (let round = 1; round <= 5; round++) {
    await fail('{"a":1}')
    let looked = 0
    await retry(retried => {
      if (looked++ === 40) {
        expect(retried.retried).toBe(0)
        clock += 15 * minutes + 1
      }
      return retried.retried === 1
    })
    expect(await textsOf(streams, raw.name)).toHaveLength(round)
  }
  await fail('{"a":1}')
  let looked = 0
  await retry(retried => {
    if (looked++ === 40) clock += 15 * minutes + 1
    return retried.archived === 1
  })
  expect(await textsOf(streams, raw.name)).toHaveLength(5)
  const [path, ...more] = archived()
  expect(more).toEqual([])
  expect(path).toMatch(/archive\/2026\/01\/06\/IBM_\d+_[0-9a-f]{64}\.json$/)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    ...{
      reason: 'poison',
      topic: raw.name,
      text: '{"a":1}',
      retry_count: 5,
      first_failed_at: '2026-01-06T00:05:00.001Z',
    },
  })
}, 60_000)

test('3.15: what is malformed never passes: it is kept for people, and not tried', async () => {
  await fail('{broken', 'not_an_event')
  await fail('{}', 'bad_price')
  const retried = await retry(({ kept }) => Object.keys(kept).length === 2)
  expect(retried).toEqual({ retried: 0, archived: 0, kept: { not_an_event: 1, bad_price: 1 } })
  expect(await textsOf(streams, raw.name)).toEqual([])
})

test('two letters of one ticker and second are two files: the original lost one', async () => {
  for (let round = 0; round <= 5; round++) {
    await fail('{"a":1}')
    await fail('{"a":2}')
    let looked = 0
    await retry(retried => {
      if (looked++ === 20) clock += 16 * minutes
      return retried.retried + retried.archived === 2
    })
  }
  expect(archived()).toHaveLength(2)
}, 60_000)

test('a store as archive: a row a record under the place of its letter, with context, once wherever it is killed', async () => {
  const path = join(folder, 'given_up.db')
  const pass = (on = streams, most = 60): Promise<Retried> => {
    let looked = 0
    const until = ({ retried, archived }: Retried): boolean => {
      if (looked++ === 20) clock += 16 * minutes
      return retried + archived === 2 || looked > most
    }
    return retry(until, on, `sqlite:${path}`)
  }
  for (let round = 0; round <= 5; round++) {
    await fail('{"a":1}')
    await fail('{"a":2}')
    if (round < 5) await pass()
  }
  for (let steps = 1; steps < 10; steps++) {
    const dying = killingStreams(streams, steps)
    await pass(dying, 40).catch(error => {
      if (!(error instanceof Killed)) throw error
    })
    await dying.bury()
  }
  expect(await textsOf(streams, raw.name)).toHaveLength(10)
  expect(archived()).toEqual([])
  const database = new DatabaseSync(path)
  const rows = database.prepare('SELECT * FROM store_refused ORDER BY record_offset').all()
  database.close()
  expect(rows).toMatchObject(
    [10, 11].map(record_offset => ({ topic: letters, record_offset, reason: 'given up: poison' })),
  )
  const told = rows.map(({ value }) => JSON.parse(Buffer.from(value as Uint8Array).toString()))
  expect(told).toMatchObject(
    [1, 2].map(a => {
      const letter = { topic: letters, offset: 9 + a }
      return { reason: 'poison', topic: raw.name, key: 'IBM', text: `{"a":${a}}`, retry_count: 5, letter }
    }),
  )
}, 60_000)

test('killed at each of its steps, each try is made once', async () => {
  for (let n = 0; n < 6; n++) await fail(`{"n":${n}}`)
  clock += minutes
  for (let steps = 1; steps < 14; steps++) {
    const dying = killingStreams(streams, steps)
    let looked = 0
    await retry(() => {
      if (looked++ > 10) clock += 16 * minutes
      return looked > 60
    }, dying).catch(error => {
      if (!(error instanceof Killed)) throw error
    })
    await dying.bury()
  }
  expect((await textsOf(streams, raw.name)).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map(n => `{"n":${n}}`))
}, 60_000)
