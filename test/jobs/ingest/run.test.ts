import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { SpikeError } from '../../../src/errors.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { countsOf, newIngestStatus, whyNotReady } from '../../../src/jobs/ingest/status.ts'
import { openWhenThere } from '../../../src/jobs/when_there.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { simulated } from '../../../src/market/feeds/simulated.ts'
import type { Streams } from '../../../src/streams/port.ts'
import { simulatedAt, withProducts } from '../../fixtures/feeds.ts'
import { settings, silentLog } from '../../fixtures/simulated_market.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const base = readConfig()
const config = withProducts(base, Object.keys(settings.products))
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ingest-job-'))
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function jobFor(streams: Streams, directory = folder()) {
  const simulator = await startSimulator({ settings, faults: [], speed: 20 })
  cleanups.unshift(() => simulator.close())
  const stop = new AbortController()
  const status = newIngestStatus()
  const done = runIngestJob({
    ...{ config, feeds: [{ feed: simulatedAt(simulator.url, config) }], directory, streams, log: silentLog, status },
    signal: stop.signal,
  })
  done.catch(() => {})
  return { done, status, stop }
}

test('a job that starts without its broker writes bronze, says why it is not ready, and publishes all when the broker comes', async () => {
  const memory = createMemoryStreams()
  let away = true
  const streams: Streams = {
    ...memory,
    async createTopics(topics) {
      if (away)
        throw new SpikeError('BROKER_UNAVAILABLE', 'kafka nowhere:9092: no answer that helps; is the broker up?')
      await memory.createTopics(topics)
    },
  }
  const { done, status, stop } = await jobFor(streams)
  await expect.poll(() => countsOf(status)?.frames ?? 0, { timeout: 10_000 }).toBeGreaterThan(100)
  await expect.poll(() => status.backlogBytes(), { timeout: 10_000 }).toBeGreaterThan(1000)
  expect(whyNotReady(status)).toBe(
    'not published, bronze keeps it: kafka nowhere:9092: no answer that helps; is the broker up?',
  )
  away = false
  await expect.poll(() => whyNotReady(status), { timeout: 10_000 }).toBe(null)
  stop.abort()
  const { files } = await done
  const replayed: MarketEvent[] = []
  for await (const { events } of readEvents(files, config)) replayed.push(...events)
  const live = memory.records(config.topics.raw.name).map(({ value }) => JSON.parse(value.toString()))
  expect(live).toEqual(replayed)
})

test('topics that fail for good end the job; bronze has everything that came', async () => {
  const memory = createMemoryStreams()
  const streams: Streams = {
    ...memory,
    async createTopics() {
      throw new SpikeError('TOPIC_MISMATCH', 'topic ticks.raw has 2 partitions, not 3')
    },
  }
  const { done } = await jobFor(streams)
  await expect(done).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
})

test('topics that fail for good later do not end the recording: the job says so, and ends with their error when it is told to', async () => {
  const memory = createMemoryStreams()
  const { done, status, stop } = await jobFor(memory)
  await expect.poll(() => status.published.records, { timeout: 10_000 }).toBeGreaterThan(10)
  await memory.writer('publisher-bronze')
  await expect.poll(() => whyNotReady(status), { timeout: 10_000 }).toMatch(/^not published, bronze keeps it: .*fenced/)
  const { frames } = countsOf(status)!
  await expect.poll(() => countsOf(status)!.frames, { timeout: 10_000 }).toBeGreaterThan(frames + 50)
  stop.abort()
  await expect(done).rejects.toThrow('fenced')
})

test('a second job in the same folder is refused while the first lives, and the first goes on', async () => {
  const directory = folder()
  const first = await jobFor(createMemoryStreams(), directory)
  await expect.poll(() => countsOf(first.status)?.frames ?? 0, { timeout: 10_000 }).toBeGreaterThan(10)
  const second = await jobFor(createMemoryStreams(), directory)
  await expect(second.done).rejects.toMatchObject({
    code: 'LOCKED',
    faults: [expect.stringMatching(new RegExp(`^${directory}: process ${process.pid} records here already; end it, `))],
  })
  const { frames } = countsOf(first.status)!
  await expect.poll(() => countsOf(first.status)!.frames, { timeout: 10_000 }).toBeGreaterThan(frames + 10)
  first.stop.abort()
  await first.done
  const third = await jobFor(createMemoryStreams(), directory)
  await expect.poll(() => countsOf(third.status)?.frames ?? 0, { timeout: 10_000 }).toBeGreaterThan(10)
  third.stop.abort()
  await third.done
})

test('a loop that goes round says so, messages or none', async () => {
  const { done, status, stop } = await jobFor(createMemoryStreams())
  const at = status.turnedAt
  await expect.poll(() => status.turnedAt, { timeout: 5000 }).toBeGreaterThan(at)
  stop.abort()
  await done
})

test('a health file that cannot be written ends the job', async () => {
  const file = join(folder(), 'file')
  writeFileSync(file, '')
  process.env.SPIKE60_HEALTH_FILE = join(file, 'below')
  cleanups.push(() => {
    delete process.env.SPIKE60_HEALTH_FILE
  })
  const { done } = await jobFor(createMemoryStreams())
  await expect(done).rejects.toMatchObject({ code: 'BAD_FILE' })
})

test('a folder of bronze that is a file ends the job, and the file stays as it is', async () => {
  const file = join(folder(), 'bronze')
  writeFileSync(file, 'precious')
  const { done } = await jobFor(createMemoryStreams(), file)
  await expect(done).rejects.toThrow(/ENOTDIR|EEXIST/)
  expect(readFileSync(file, 'utf8')).toBe('precious')
})

test('no name on the wire or in the arguments becomes a path', async () => {
  const directory = folder()
  const inside = join(directory, 'bronze')
  const hostile = { ...simulated, name: '../../simulated/../x' }
  const simulator = await startSimulator({ settings, faults: [], speed: 20 })
  cleanups.unshift(() => simulator.close())
  const stop = new AbortController()
  const status = newIngestStatus()
  const done = runIngestJob({
    config,
    feeds: [{ feed: { ...simulatedAt(simulator.url, withProducts(config, ['BTC-USD'])), feed: hostile } }],
    ...{ directory: inside, streams: createMemoryStreams(), log: silentLog, status },
    signal: stop.signal,
  })
  await expect.poll(() => countsOf(status)?.frames ?? 0, { timeout: 10_000 }).toBeGreaterThan(10)
  stop.abort()
  const { files } = await done
  expect(files).toHaveLength(1)
  expect(files[0].startsWith(`${inside}/..`)).toBe(true)
  expect(files[0].slice(inside.length + 1)).not.toContain('/')
})

test('topics that are away or mute do not hold up a job that has work without them; bad input is refused at once', async () => {
  const reasons: string[] = []
  const note = (reason: string): number => reasons.push(reason)
  const mute = createServer(socket => socket.on('error', () => {}))
  await new Promise<void>(go => mute.listen(0, '127.0.0.1', go))
  cleanups.push(() => void mute.close())
  await openWhenThere(`kafka://127.0.0.1:${(mute.address() as AddressInfo).port}`, note)
  const away = await openWhenThere('kafka://127.0.0.1:1', note)
  expect(reasons).toEqual(['no answer within 2 s', expect.stringContaining('127.0.0.1:1')])
  await expect(away.createTopics([])).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' })
  await expect(openWhenThere('kafka:nowhere', note)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })

  const there = await openWhenThere(`embedded://${join(folder(), 'log.db')}`, note)
  await there.createTopics([{ name: 'a', partitions: 2 }])
  expect(await there.ends('a')).toHaveLength(2)
  await there.close()
  expect(reasons).toHaveLength(2)
})
