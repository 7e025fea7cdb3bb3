import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SpikeError } from '../../../src/errors.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { textsOf } from '../../harness/job_outputs.ts'

const topic = 'ticks.raw'
const folder = mkdtempSync(join(tmpdir(), 'spike60-corrupt-'))
const whole = join(folder, 'whole.db')
const hurt = join(folder, 'hurt.db')
const values = Array.from({ length: 400 }, (_, i) => `${i} ${'spike60 '.repeat(20)}`)

async function read(path: string): Promise<string[]> {
  const streams = await openStreams(`embedded://${path}`)
  try {
    return await textsOf(streams, topic)
  } finally {
    await streams.close()
  }
}

/** A copy of the log to hurt, without the files of an earlier one. */
function copy(): string {
  for (const end of ['', '-wal', '-shm']) rmSync(hurt + end, { force: true })
  copyFileSync(whole, hurt)
  return hurt
}

beforeAll(async () => {
  const streams = await openStreams(`embedded://${whole}`)
  await streams.createTopics([{ name: topic, partitions: 1 }])
  const writer = await streams.writer('writer')
  await writer.commit({
    records: values.map(value => ({ topic, key: 'BTC-USD', value })),
    group: 'group',
    positions: [{ topic, partition: 0, offset: 7 }],
  })
  await streams.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a log that was hurt', () => {
  test('is read as it was written when it was not hurt', async () => {
    expect(await read(copy())).toEqual(values)
  })

  test('with any bytes changed is reported or still gives the very same records', async () => {
    const size = readFileSync(whole).length
    let reported = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.uint8Array({ minLength: 1, maxLength: 64 }), async (at, bytes) => {
        const content = readFileSync(copy())
        content.set(bytes.subarray(0, content.length - at), at)
        writeFileSync(hurt, content)
        try {
          expect(await read(hurt)).toEqual(values)
        } catch (error) {
          if (!(error instanceof SpikeError)) throw error
          expect(error.code).toBe('LOG_CORRUPT')
          expect(error.message).toContain(hurt)
          reported++
        }
      }),
      { numRuns: 150, seed: 60 },
    )
    expect(reported).toBeGreaterThan(75)
  })

  test.each([0.2, 0.5, 0.9, 0.99])('cut at %f of its length is reported', async share => {
    truncateSync(copy(), Math.floor(readFileSync(whole).length * share))
    await expect(read(hurt)).rejects.toMatchObject({ code: 'LOG_CORRUPT', message: expect.stringContaining(hurt) })
  })

  test('that lacks a record or the end of one is reported', async () => {
    for (const sql of [
      'DELETE FROM records WHERE offset = 200',
      'DELETE FROM records WHERE offset = 399',
      'UPDATE ends SET next = 300',
      'DELETE FROM ends',
    ]) {
      const database = new DatabaseSync(copy())
      database.exec(sql)
      database.close()
      await expect(read(hurt)).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
    }
  })
})

test('a position that was altered is reported', async () => {
  const database = new DatabaseSync(copy())
  database.exec('UPDATE committed SET offset = 6')
  database.close()
  const streams = await openStreams(`embedded://${hurt}`)
  await expect(streams.committed('group', topic)).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  await streams.close()
})

test('a file that is something else is refused and left as it is', async () => {
  const text = join(folder, 'notes.txt')
  writeFileSync(text, 'these are my notes, not a topic log\n'.repeat(100))
  await expect(read(text)).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  expect(readFileSync(text, 'utf8')).toContain('my notes')

  const other = join(folder, 'other.db')
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE cats (name TEXT)')
  database.close()
  const before = readFileSync(other)
  await expect(read(other)).rejects.toMatchObject({
    code: 'LOG_CORRUPT',
    message: expect.stringContaining('not a topic log'),
  })
  expect(readFileSync(other).equals(before)).toBe(true)

  await expect(read(folder)).rejects.toMatchObject({ exit: 2, message: `${folder}: is a folder; name a file` })
})
