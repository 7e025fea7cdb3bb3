import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { SpikeError } from '../../../src/errors.ts'
import { redrive } from '../../../src/jobs/ingest/redrive.ts'
import { openArchive } from '../../../src/jobs/retry/archive.ts'
import { archiveName } from '../../../src/jobs/retry/read_archive.ts'
import { deadLetterTopic, encodeDeadLetter } from '../../../src/streams/dead_letter.ts'
import { openStreams } from '../../../src/streams/open.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { quote } from '../../fixtures/events.ts'
import { exchangeTicker, heartbeat, micros, ticker, trade, trades } from '../../fixtures/wire.ts'
import { textsOf } from '../../harness/job_outputs.ts'
import { lossesOf } from '../../harness/losses.ts'

const config = readConfig()
const { raw, late } = config.topics
const letters = deadLetterTopic(raw.name)
let folder: string
let streams: Streams
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redrive-'))
  streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  await streams.createTopics([raw, late, { ...raw, name: letters }])
})
afterEach(async () => {
  await streams.close()
  rmSync(folder, { recursive: true })
})

async function put(topic: string, ...records: { key: string; value: string }[]): Promise<void> {
  const writer = await streams.writer('test')
  await writer.commit({ records: records.map(record => ({ topic, ...record })) })
  await writer.close()
}

/** A letter as the publisher writes it. */
function letter(text: string, reason: string, time?: number): { key: string; value: string } {
  const record = { topic: 'coinbase', partition: 0, offset: 7, key: 'a.ndjson:7', time, value: Buffer.from(text) }
  return { key: 'c0', value: encodeDeadLetter(record, reason) }
}

const run = (from = letters) => redrive({ streams, config, from, to: raw.name, now: micros(100) })

test('frames are decoded anew, records of a topic go back as they were, what is still faulty stays; each once', async () => {
  const value = encodeEvent(quote(5, 1, 2))
  await put(
    letters,
    letter(ticker(9, 3), 'unknown_feed', micros(3.1)),
    letter(trades(10, 4, [trade('1', 4), trade('2', 4, 'ETH-USD')]), 'unknown_feed'),
    letter('garbage', 'not_json'),
    letter('7', 'not_object'),
    letter('[1]', 'not_object'),
    letter('{"product_id":"BTC-USD"}', 'no_price'),
    letter(heartbeat(11, 5), 'unknown_feed'),
    {
      key: 'BTC-USD',
      value: encodeDeadLetter(
        { topic: raw.name, partition: 1, offset: 3, key: 'BTC-USD', value: Buffer.from(value) },
        'x',
      ),
    },
    { key: 'x', value: 'no letter at all' },
  )
  expect(await run()).toEqual({
    records: 9,
    redriven: 4,
    refused: { not_json: 1, not_object: 1, no_frame: 2, no_event: 1, no_letter: 1 },
  })
  const texts = await textsOf(streams, raw.name)
  expect(texts).toContain(value)
  const events = texts.filter(text => text !== value).map(text => JSON.parse(text) as MarketEvent)
  expect(
    events.map(({ type, connection, sequence, received_at }) => [type, connection, sequence, received_at]),
  ).toEqual(
    expect.arrayContaining([
      ['quote', 'c0', 9, micros(3.1)],
      ['trade', 'c0', 10, null],
      ['trade', 'c0', 10, null],
    ]),
  )
  expect(await run()).toEqual({ records: 0, redriven: 0, refused: {} })
  await put(letters, letter(ticker(12, 8), 'unknown_feed'))
  expect(await run()).toMatchObject({ records: 1, redriven: 1 })
  expect(await textsOf(streams, raw.name)).toHaveLength(5)
})

test('a frame from a time that cannot be stays dead, whether or not its receipt is known', async () => {
  const far = 86_400 * 365 * 70
  await put(letters, letter(ticker(1, far), 'time_ahead', micros(3)), letter(ticker(1, far), 'time_jump'))
  expect(await run()).toEqual({ records: 2, redriven: 0, refused: { time_ahead: 2 } })
})

test('an event of a product that another feed brings in the stream stays dead, whatever the letter says', async () => {
  const { key, value } = letter(exchangeTicker(1, 3), 'time_ahead', micros(3))
  const stray = { key, value: value.replace('"topic":"coinbase"', '"topic":"coinbase-exchange"') }
  const heldBy = async (feed: string): Promise<void> => {
    const holders = { 'BTC-USD': { feed, since: 0, time: micros(2) } }
    const state = { format: 'spike60-publisher', version: 2, files: {}, decoder: { holders } }
    await streams.createTopics([config.topics.state])
    await put(config.topics.state.name, { key: 'publisher bronze', value: JSON.stringify(state) })
    await put(letters, stray)
  }
  await heldBy('coinbase')
  expect(await run()).toEqual({ records: 1, redriven: 0, refused: { product_of_another_feed: 1 } })
  await heldBy('coinbase-exchange')
  expect(await run()).toEqual({ records: 1, redriven: 2, refused: {} })
})

test('late events go back as they are, wherever the run is broken off and begun again', async () => {
  const events = Array.from({ length: 4500 }, (_, i) => quote(i, 1, 2, { product: i % 2 ? 'BTC-USD' : 'ETH-USD' }))
  await put(late.name, ...events.map(event => ({ key: event.product, value: encodeEvent(event) })))
  let commits = 0
  const cut = (after: boolean): Streams => ({
    ...streams,
    async writer(id) {
      const writer = await streams.writer(id)
      return {
        ...writer,
        async commit(transaction) {
          const fails = ++commits === 2
          if (!fails || after) await writer.commit(transaction)
          if (fails) throw new SpikeError('BROKER_UNAVAILABLE', 'cut')
          return []
        },
      }
    },
  })
  for (const after of [true, false]) {
    commits = 0
    const broken = redrive({ streams: cut(after), config, from: late.name, to: raw.name, now: 0 })
    await expect(broken)
      .rejects.toThrow('cut')
      .catch(() => {})
  }
  await run(late.name)
  const texts = await textsOf(streams, raw.name)
  expect(texts.toSorted()).toEqual(events.map(encodeEvent).toSorted())
})

test.each(['folder', 'sqlite'])('what was archived in a %s goes back as it was, each once', async kind => {
  const place = kind === 'folder' ? join(folder, 'archive') : `sqlite:${join(folder, 'archive.db')}`
  const [facts] = await streams.topics([letters])
  const value = (at: number): string => encodeEvent(quote(at, 1, 2))
  const put = async (offsets: number[]): Promise<void> => {
    const archive = await openArchive(place, facts, { holder: 'a', held: false })
    for (const offset of offsets) {
      const record = { topic: raw.name, partition: 1, offset, key: 'BTC-USD', value: Buffer.from(value(offset)) }
      const told = JSON.parse(encodeDeadLetter(record, 'poison'))
      const context = { letter: { topic: letters, partition: 0, offset }, retry_count: 5, first_failed_at: 'then' }
      const letter = { topic: letters, partition: 0, offset, key: 'BTC-USD', value: Buffer.from('{}') }
      const text = JSON.stringify({ ...told, ...context, last_failed_at: 'later' })
      await archive.put({ letter, key: 'BTC-USD', name: `n${offset}`, first: 1e12, text })
    }
    await archive.close()
  }
  const run = () => redrive({ streams, config, from: letters, archive: place, to: raw.name, now: micros(100) })
  await put([3, 12, 101])
  expect(await run()).toEqual({ records: 3, redriven: 3, refused: {} })
  expect(await run()).toEqual({ records: 0, redriven: 0, refused: {} })
  await put([250])
  expect(await run()).toEqual({ records: 1, redriven: 1, refused: {} })
  expect(await textsOf(streams, raw.name)).toEqual([3, 12, 101, 250].map(value))
})

test('a folder that is not there, and a file that nobody archived, are one line', async () => {
  const archive = join(folder, 'archive')
  const run = () => redrive({ streams, config, from: letters, archive, to: raw.name, now: micros(100) })
  await expect(run()).rejects.toMatchObject({ code: 'BAD_FILE', faults: [expect.stringMatching(/is no folder/)] })
  mkdirSync(archive)
  writeFileSync(join(archive, 'x.json'), '[]')
  await expect(run()).rejects.toMatchObject({ code: 'BAD_FILE', faults: [expect.stringMatching(/move it away/)] })
})

test('an archive is known without its login, and from wherever it is named', () => {
  expect(archiveName('postgres://me@host:5432/db?x=y')).toBe('postgres://host:5432/db')
  expect(archiveName('sqlite:a.db')).toBe(`sqlite:${join(process.cwd(), 'a.db')}`)
  expect(archiveName('data/x')).toBe(join(process.cwd(), 'data/x'))
})

test('positions of the group that the broker forgot redrive nothing twice; a topic that was made anew is tried whole', async () => {
  await put(letters, letter(ticker(9, 3), 'unknown_feed', micros(3.1)))
  expect(await run()).toMatchObject({ records: 1, redriven: 1 })
  await lossesOf(`embedded://${join(folder, 'log.db')}`).positions(`redrive.${letters}.${raw.name}`)
  expect(await run()).toMatchObject({ records: 0 })
  await put(letters, letter(ticker(10, 4), 'unknown_feed', micros(4.1)))
  expect(await run()).toMatchObject({ records: 1, redriven: 1 })
  const { topics } = streams
  streams.topics = async names => (await topics(names)).map(facts => ({ ...facts, id: 'anew' }))
  expect(await run()).toMatchObject({ records: 2, redriven: 2 })
})

test('a former version left its place in the group alone, and a state of another version is one line', async () => {
  await put(letters, letter(ticker(9, 3), 'unknown_feed', micros(3.1)))
  const group = `redrive.${letters}.${raw.name}`
  const former = await streams.writer(group)
  await former.commit({
    records: [],
    group,
    positions: (await streams.ends(letters)).filter(({ offset }) => offset > 0),
  })
  expect(await run()).toMatchObject({ records: 0 })
  await put(config.topics.state.name, { key: group, value: '{"format":"spike60-redrive","version":9}' })
  await expect(run()).rejects.toMatchObject({ code: 'LOG_CORRUPT', faults: [expect.stringContaining(group)] })
})

test('a topic that is not there is named, and nothing is made', async () => {
  await expect(run('nowhere')).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
  await expect(streams.topics([config.topics.state.name])).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
})
