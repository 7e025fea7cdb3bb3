import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { SpikeError } from '../../src/errors.ts'
import { controlLine, frameLine } from '../../src/market/bronze/line.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { createPublisher, type Publisher } from '../../src/market/publisher.ts'
import { decodeDeadLetter } from '../../src/streams/dead_letter.ts'
import { openStreams } from '../../src/streams/open.ts'
import { readAll } from '../../src/streams/read_all.ts'
import { heartbeat, micros, ticker, trade, trades } from '../fixtures/wire.ts'
import { createMemoryStreams, type MemoryStreams } from '../harness/memory_streams.ts'

const config: Config = readConfig()
const { raw, state } = config.topics
let directory: string
let streams: MemoryStreams
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'publisher-'))
  streams = createMemoryStreams()
})
afterEach(() => rmSync(directory, { recursive: true }))

const path = (name: string) => join(directory, `${name}.ndjson`)
const append = (name: string, ...lines: string[]) => appendFileSync(path(name), lines.map(line => `${line}\n`).join(''))
const line = (connection: string, at: number, text: string) => frameLine('coinbase', connection, micros(at), text)
const quote = (connection: string, at: number) => line(connection, at, ticker(at, at))

function publisher(): Publisher {
  return createPublisher({ streams, config, bronze: { directory } })
}

function published(): MarketEvent[] {
  return streams.records(raw.name).map(record => JSON.parse(record.value.toString()))
}

async function replayed(...names: string[]): Promise<MarketEvent[]> {
  const all: MarketEvent[] = []
  for await (const { events } of readEvents(names.map(path), config)) all.push(...events)
  return all
}

describe('the publisher', () => {
  it('publishes what replay reads, keyed by product, and dead letters beside it', async () => {
    append('a', controlLine('coinbase', 'c0', micros(0), 'open'), quote('c0', 0), line('c0', 1, 'garbage'))
    append('a', line('c0', 2, trades(4, 2, [trade('1', 1.5, 'ETH-USD')])), line('c0', 3, heartbeat(5, 3)))
    append('b', quote('c1', 9))
    const counts = await publisher().publishAvailable()
    expect(published()).toEqual(await replayed('a', 'b'))
    expect(streams.records(raw.name).every((record, i) => record.key === published()[i].product)).toBe(true)
    const dead = streams.records(`${raw.name}.dlq`).map(record => decodeDeadLetter(record.value))
    expect(dead).toMatchObject([{ reason: 'not_json', topic: 'coinbase', offset: 3, key: `${path('a')}:3` }])
    expect(Buffer.from(dead[0].value).toString()).toBe('garbage')
    expect(counts).toMatchObject({
      records: 6,
      frames: 4,
      dead: { not_json: 1 },
      events: { quote: 2, trade: 1, clock: 2 },
    })
  })

  it('leaves a torn line, takes a whole one without its end, and goes on after either as replay does', async () => {
    const one = publisher()
    const text = quote('c0', 5)
    append('a', quote('c0', 1))
    const grow = async (piece: string): Promise<number> => {
      appendFileSync(path('a'), piece)
      const { records } = await one.publishAvailable()
      expect(published()).toEqual(await replayed('a'))
      return records
    }
    expect(await grow(text.slice(0, 40))).toBe(1)
    expect(await grow(text.slice(40))).toBe(1)
    expect(await grow('')).toBe(0)
    expect(await grow('\n')).toBe(0)
    expect(await grow(`${quote('c0', 7)}\n12`)).toBe(1)
    expect(await grow('3\n')).toBe(1)
    const [letter] = streams.records(`${raw.name}.dlq`).map(record => decodeDeadLetter(record.value))
    expect(letter).toMatchObject({ reason: 'bad_line', offset: 4 })
  })

  it('ignores a file that holds no more than a torn first line, as replay does', async () => {
    append('b', quote('c0', 1))
    appendFileSync(path('a'), quote('c1', 0).slice(0, 30))
    expect((await publisher().publishAvailable()).records).toBe(1)
    expect(published()).toEqual(await replayed('a', 'b'))
  })

  it('publishes each event once, whenever it is stopped, restarted or fails to commit', async () => {
    const step = fc.constantFrom(
      'frame',
      'frame',
      'hole',
      'reconnect',
      'new file',
      'publish',
      'restart',
      'fail',
      'fail after',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        rmSync(directory, { recursive: true })
        directory = mkdtempSync(join(tmpdir(), 'publisher-'))
        streams = createMemoryStreams()
        let one = publisher()
        let [file, connection, number] = [10, 0, 0]
        const names = new Set<string>()
        for (const [at, kind] of [...steps, 'publish'].entries()) {
          if (kind === 'new file') file++
          else if (kind === 'reconnect') [connection, number] = [connection + 1, 0]
          else if (kind === 'frame' || kind === 'hole') {
            number += kind === 'hole' ? 3 : 1
            append(`f${file}`, line(`c${connection}`, at, ticker(number, at, at % 3 ? 'BTC-USD' : 'ETH-USD')))
            names.add(`f${file}`)
          } else if (kind === 'restart') one = publisher()
          else if (kind === 'publish') await one.publishAvailable()
          else {
            streams.failNext(1, kind === 'fail after')
            await one.publishAvailable().catch(() => {})
            streams.failNext(0)
          }
        }
        expect(published()).toEqual(names.size > 0 ? await replayed(...names) : [])
      }),
      { numRuns: 60 },
    )
  })

  it('two publishers of one name: the older one is fenced', async () => {
    const older = publisher()
    append('a', quote('c0', 0))
    await older.publishAvailable()
    append('a', quote('c0', 1))
    const newer = publisher()
    await newer.publishAvailable()
    append('a', quote('c0', 2))
    await expect(older.publishAvailable()).rejects.toThrow('fenced')
    expect(published()).toHaveLength(2)
  })

  it('finds its state behind thousands of records of others', async () => {
    append('a', quote('c0', 1))
    await publisher().publishAvailable()
    const other = await streams.writer('other')
    const records = Array.from({ length: 3000 }, (_, i) => ({ topic: state.name, key: `other ${i}`, value: '{}' }))
    await other.commit({ records })
    await publisher().publishAvailable()
    expect(published()).toHaveLength(1)
  })

  it('refuses a file that became shorter and a state that it cannot read', async () => {
    append('a', quote('c0', 1))
    const one = publisher()
    await one.publishAvailable()
    truncateSync(path('a'), 10)
    await expect(one.publishAvailable()).rejects.toThrow(/a\.ndjson: is shorter/)
    const other = await streams.writer('other')
    for (const value of ['{"version":9}', 'garbage', 'null', '']) {
      await other.commit({ records: [{ topic: state.name, key: 'publisher bronze', value }] })
      await expect(publisher().publishAvailable()).rejects.toThrow(SpikeError)
    }
  })

  it('refuses a raw topic that was made anew, or another one, which would hold the later events only', async () => {
    append('a', quote('c0', 1))
    await publisher().publishAvailable()
    append('a', quote('c0', 2))
    const made = published()
    const anew = { ...streams, topics: async ([name]: string[]) => [{ name, partitions: 1, id: 'another' }] }
    const refused = createPublisher({ streams: anew, config, bronze: { directory } }).publishAvailable()
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'TOPIC_MISMATCH', exit: 2 },
      faults: [
        expect.stringMatching(/^topic ticks\.raw was deleted and made anew since 'publisher bronze' has worked/),
      ],
    })
    const renamed = { ...config, topics: { ...config.topics, raw: { ...raw, name: 'mine' } } }
    await expect(
      createPublisher({ streams, config: renamed, bronze: { directory } }).publishAvailable(),
    ).rejects.toMatchObject({
      faults: [expect.stringMatching(/^topic mine would get later records only: .*ticks\.raw/)],
    })
    expect(published()).toEqual(made)
    await publisher().publishAvailable()
    expect(published()).toHaveLength(2)
  })

  it('whose state is gone while what it published stands refuses, and says what to do', async () => {
    append('a', quote('c0', 1), line('c0', 2, 'garbage'))
    await publisher().publishAvailable()
    streams.records(state.name).splice(0)
    const { writer } = streams
    const closed: string[] = []
    streams.writer = async id => {
      const opened = await writer(id)
      return { ...opened, close: async () => void closed.push(id) }
    }
    await expect(publisher().publishAvailable()).rejects.toMatchObject({
      code: 'STATE_LOST',
      exit: 2,
      faults: [expect.stringMatching(/^topic ticks\.raw holds records.*'publisher bronze'.*name other topics/)],
    })
    expect(closed).toEqual(['publisher-bronze'])
    expect(published()).toHaveLength(1)
    streams.records(raw.name).splice(0)
    await publisher().publishAvailable()
    expect(published()).toHaveLength(1)
  })

  it('whose topic is made anew under it says so, and publishes nothing to the new one', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      let id = 'one'
      streams.topics = async names => names.map(name => ({ name, partitions: 1, id }))
      append('a', quote('c0', 1))
      const one = publisher()
      await one.publishAvailable()
      id = 'another'
      vi.advanceTimersByTime(10_000)
      append('a', quote('c0', 2))
      await expect(one.publishAvailable()).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
      expect(published()).toHaveLength(1)
    } finally {
      vi.useRealTimers()
    }
  })

  it('publishes bronze of its own to a topic that others have filled', async () => {
    append('a', quote('c0', 1))
    await publisher().publishAvailable()
    const other = mkdtempSync(join(directory, 'other-'))
    writeFileSync(join(other, 'b.ndjson'), `${quote('d0', 2)}\n`)
    await createPublisher({ streams, config, bronze: { directory: other }, name: 'other' }).publishAvailable()
    expect(published().map(({ connection }) => connection)).toEqual(['c0', 'd0'])
  })

  it('publishes what stands behind a frame of 150,000 faults', async () => {
    append('a', quote('c0', 1), line('c0', 2, trades(2, 2, Array(150_000).fill(0))), quote('c0', 3))
    const { dead } = await publisher().publishAvailable()
    expect(dead).toEqual({ bad_trade: 150_000 })
    expect(published()).toEqual(await replayed('a'))
    expect(streams.records(`${raw.name}.dlq`)).toHaveLength(21)
  })

  it('cuts what no broker would take', async () => {
    append('a', quote('c0', 1), line('c0', 2, 'x'.repeat(300_000)))
    await publisher().publishAvailable()
    const [letter] = streams.records(`${raw.name}.dlq`).map(record => decodeDeadLetter(record.value))
    expect(letter.reason).toBe('not_json')
    expect(letter.value).toHaveLength(100_000)
  })

  it('splits many lines into several transactions, and follows until told to stop', async () => {
    writeFileSync(path('a'), Array.from({ length: 9000 }, (_, i) => `${quote('c0', i)}\n`).join(''))
    const one = publisher()
    const stop = new AbortController()
    const following = one.follow(stop.signal)
    await expect.poll(() => published().length, { timeout: 20_000 }).toBe(9000)
    append('b', quote('c0', 9000))
    stop.abort()
    await following
    await one.close()
    expect(published()).toHaveLength(9001)
    expect(streams.records(state.name).length).toBeGreaterThan(2)
    expect(one.published.records).toBe(9001)
  })

  it('on the embedded engine goes on after a restart where it stood', async () => {
    const embedded = await openStreams(`embedded://${join(directory, 'streams.db')}`)
    try {
      for (const at of [1, 2, 5]) {
        append('a', quote('c0', at), line('c0', at, 'garbage'))
        const one = createPublisher({ streams: embedded, config, bronze: { directory } })
        expect((await one.publishAvailable()).records).toBe(2)
        await one.close()
      }
      const values: MarketEvent[] = []
      for await (const batch of readAll(embedded, raw.name)) {
        for (const { value } of batch) values.push(JSON.parse(value.toString()))
      }
      expect(values).toEqual(await replayed('a'))
      expect(values.map(event => event.type)).toEqual(['quote', 'quote', 'gap', 'quote'])
    } finally {
      await embedded.close()
    }
  })
})

describe('a state of a former version', () => {
  const put = async (version: number, more: object = {}): Promise<void> => {
    append('a', quote('c0', 1))
    await publisher().publishAvailable()
    const last = streams.records(state.name).at(-1)!
    const kept = JSON.parse(last.value.toString())
    const value = JSON.stringify({ ...kept, version, decoder: { ...kept.decoder, ...more } })
    const writer = await streams.writer('test')
    await writer.commit({ records: [{ topic: state.name, key: last.key, value }] })
    append('a', quote('c0', 2))
  }

  it('is gone on from', async () => {
    await put(1)
    await publisher().publishAvailable()
    expect(published()).toEqual(await replayed('a'))
  })

  it.each([
    ['that merged two connections', 1, { redundancy: {} }],
    ['of a later version', 4, {}],
  ])('is refused where it is one %s', async (_, version, more) => {
    await put(version, more)
    await expect(publisher().publishAvailable()).rejects.toThrow(/no state of this version; name other topics/)
  })
})
