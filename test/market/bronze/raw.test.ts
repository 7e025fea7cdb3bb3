import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { identityOf, type MarketEvent } from '../../../src/core/events/event.ts'
import { SpikeError } from '../../../src/errors.ts'
import { controlLine, frameLine } from '../../../src/market/bronze/line.ts'
import { readRaw } from '../../../src/market/bronze/raw.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { exchangeTicker, heartbeat, micros, start, ticker } from '../../fixtures/wire.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'raw-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function file(name: string, content: string | Buffer | string[]): string {
  const path = join(directory, name)
  writeFileSync(path, Array.isArray(content) ? content.map(line => `${line}\n`).join('') : content)
  return path
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function records(...paths: string[]): Promise<RawRecord[]> {
  return collect(readRaw(paths))
}

async function events(...paths: string[]): Promise<MarketEvent[]> {
  return (await collect(readEvents(paths, readConfig()))).flatMap(batch => batch.events)
}

async function faultsOf(promise: Promise<unknown>): Promise<{ code: string; faults: string[] }> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(SpikeError)
  return error as SpikeError
}

const connections = (all: RawRecord[]) => all.map(record => record.connection.split('#')[1])

describe('kinds of files', () => {
  it('plain, gzip and zstd are told by their bytes, several members included', async () => {
    const lines = [0, 1, 2].map(i => `${ticker(i, i)}\n`)
    const text = lines.join('')
    const half = gzipSync(lines[0])
    const expected = (await records(file('a.gz', text))).map(record => record.text)
    expect(expected).toHaveLength(3)
    for (const content of [
      gzipSync(text),
      zstdCompressSync(text),
      Buffer.concat([half, gzipSync(lines[1] + lines[2])]),
      Buffer.concat([zstdCompressSync(lines[0]), zstdCompressSync(lines[1] + lines[2])]),
      `\ufeff${text}`,
      text.replaceAll('\n', '\r\n'),
      text.trimEnd(),
    ]) {
      expect((await records(file('a.ndjson', content))).map(record => record.text)).toEqual(expected)
    }
  })

  it('bare frames are connections of their own, receipt unknown', async () => {
    const [record] = await records(file('x.ndjson', [exchangeTicker(5, 1)]))
    expect(record).toMatchObject({
      received_at: null,
      feed: 'coinbase-exchange',
      connection: 'x.ndjson#0',
      line: 1,
      text: exchangeTicker(5, 1),
    })
  })

  it('the two wrappers say when and on which socket; requests and headers are passed over', async () => {
    const raw = exchangeTicker(5, 1)
    const legacy = await records(file('l', [JSON.stringify({ ts: start / 1000 + 1.25, pair: 'BTC-USD', raw })]))
    expect(legacy).toMatchObject([{ received_at: micros(1.25), feed: 'coinbase-exchange', text: raw }])
    const line = (conn: string, data: string, t = 'recv') => JSON.stringify({ t, conn, ts: start / 1000, data })
    const wrapped = await records(
      file('w', [
        '{"t":"header","format":2}',
        line('a', '{"type":"subscribe"}', 'send'),
        line('a', ticker(0, 0)),
        line('b', ticker(0, 1)),
        line('a', ticker(1, 2)),
        line('b', 'garbage'),
      ]),
    )
    expect(connections(wrapped)).toEqual(['0', '1', '0', '0'])
    expect(wrapped[3]).toMatchObject({ dead: 'not_json', text: 'garbage' })
  })

  it('garbage between frames is a dead record with its place', async () => {
    const all = await records(file('g', [ticker(0, 0), 'garbage', '7', '', ticker(1, 1), '[1]']))
    expect(all.map(({ line, dead }) => [line, dead])).toEqual([
      [1, undefined],
      [2, 'not_json'],
      [3, 'not_object'],
      [5, undefined],
      [6, undefined],
    ])
    expect(all[4].frame).toEqual([1])
  })
})

describe('connections in a bare file', () => {
  it('a number that falls back begins a new one', async () => {
    const lines = [ticker(0, 0), ticker(1, 1), ticker(0, 5), ticker(1, 6)]
    expect(connections(await records(file('f', lines)))).toEqual(['0', '0', '1', '1'])
    expect((await events(file('f', lines))).filter(event => event.type === 'gap')).toMatchObject([
      { reason: 'disconnect', from: micros(1), to: micros(5) },
    ])
  })

  it('a repeat or a late missing frame does not', async () => {
    const lines = [ticker(0, 0), ticker(1, 1), ticker(5, 3), ticker(0, 0), ticker(3, 2), ticker(5, 3), ticker(6, 4)]
    expect(new Set(connections(await records(file('f', lines))))).toEqual(new Set(['0']))
  })

  it('a number that was missing but came later than what followed it is a new one', async () => {
    const lines = [ticker(0, 0), ticker(5, 3), ticker(3, 4)]
    expect(connections(await records(file('f', lines)))).toEqual(['0', '0', '1'])
  })

  it('the older feed numbers by product and may send the last again', async () => {
    const eth = { product_id: 'ETH-USD' }
    const lines = [
      exchangeTicker(900, 1),
      exchangeTicker(5, 2, eth),
      exchangeTicker(901, 3),
      exchangeTicker(900, 1),
      exchangeTicker(7, 4, eth),
      exchangeTicker(3, 5, eth),
    ]
    expect(connections(await records(file('f', lines)))).toEqual(['0', '0', '0', '0', '0', '1'])
  })
})

describe('times that jump in a bare file', () => {
  const rejected = async (...seconds: number[]) =>
    (
      await records(
        file(
          'j',
          seconds.map((at, i) => ticker(i, at)),
        ),
      )
    ).map(record => record.rejected === 'time_jump')

  it('a jump that the next frame confirms is a hole in the recording', async () => {
    expect(await rejected(0, 1, 8000, 8001)).toEqual([false, false, false, false])
    expect(await rejected(0, 1, 8000, 7999, 8001)).toEqual([false, false, false, false, false])
  })

  it('a jump that the next frame belies is rejected, order kept', async () => {
    expect(await rejected(0, 1, 8000, 2, 3)).toEqual([false, false, true, false, false])
  })

  it('a first frame far ahead is rejected; a jump at the end has nothing to confirm it', async () => {
    expect(await rejected(9e6, 0, 1)).toEqual([true, false, false])
    expect(await rejected(0, 1, 8000)).toEqual([false, false, true])
    expect(await rejected(5)).toEqual([false])
  })

  it('frames without a time wait behind a held one', async () => {
    const lines = [ticker(0, 0), ticker(1, 1), ticker(2, 8000), 'garbage', ticker(3, 2)]
    const all = await records(file('j', lines))
    expect(all.map(record => record.line)).toEqual([1, 2, 3, 4, 5])
    expect(all[2].rejected).toBe('time_jump')
  })
})

describe('several files', () => {
  it('bare ones run by first time, whatever their names, and join by number', async () => {
    const late = file('a', [ticker(2, 20), ticker(3, 21)])
    const early = file('b', [ticker(0, 0), ticker(1, 1)])
    expect((await events(late, early)).map(event => event.time)).toEqual([0, 1, 20, 21].map(micros))
  })

  it('two that overlap for a product are refused before any record, with both spans', async () => {
    const a = file('a', [ticker(0, 0), ticker(1, 10)])
    const b = file('b', [ticker(0, 7), ticker(1, 20)])
    const seen: RawRecord[] = []
    const read = async () => {
      for await (const record of readRaw([b, a])) seen.push(record)
    }
    const { code, faults } = await faultsOf(read())
    expect(code).toBe('OVERLAPPING_FILES')
    expect(faults).toHaveLength(1)
    for (const part of [a, b, 'BTC-USD', '2026-01-05T00:00:07.000Z', '2026-01-05T00:00:20.000Z']) {
      expect(faults[0]).toContain(part)
    }
    expect(seen).toEqual([])
  })

  it('may overlap by 2 s, or for different products, and an impossible time is no overlap', async () => {
    const a = file('a', [ticker(0, 0), ticker(1, 10), ticker(2, 9e6), ticker(3, 11)])
    const b = file('b', [ticker(0, 9), ticker(1, 20)])
    const c = file('c', [ticker(0, 3, 'ETH-USD'), ticker(1, 20, 'ETH-USD')])
    expect(await records(a, b, c)).toHaveLength(8)
  })

  it('all faults come at once, a line a file', async () => {
    mkdirSync(join(directory, 'folder'))
    const torn = gzipSync(ticker(0, 0)).subarray(0, 30)
    const paths = [
      join(directory, 'missing'),
      file('empty', ''),
      file('blank', '\n\n'),
      file('binary', Buffer.from([0, 255, 10, 1, 2])),
      file('other', ['{"e":"trade","s":"BTCUSDT"}']),
      join(directory, 'folder'),
      file('torn.gz', torn),
      join(directory, 'empty', 'below-a-file'),
    ]
    const { code, faults } = await faultsOf(records(file('good', [ticker(0, 0)]), ...paths))
    expect(code).toBe('BAD_FILE')
    expect(faults.map(fault => fault.slice(0, fault.indexOf(':')))).toEqual(paths)
    expect(faults.join('\n').split('\n')).toHaveLength(paths.length)
  })
})

/** Bronze of two connections that take turns, with holes, repeats, control lines and garbage. */
const bronzeLines = fc
  .array(fc.record({ connection: fc.nat(1), jump: fc.constantFrom(1, 1, 1, 3), kind: fc.nat(9) }), { maxLength: 40 })
  .map(steps => {
    const numbers = [0, 0]
    return steps.map(({ connection, jump, kind }, at) => {
      numbers[connection] += jump
      const number = numbers[connection]
      if (kind === 0) return controlLine('coinbase', `c${connection}`, micros(at), 'stale')
      if (kind === 1) return frameLine('coinbase', `c${connection}`, micros(at), 'garbage')
      const text = kind < 4 ? heartbeat(number, at) : ticker(number, at, kind < 7 ? 'BTC-USD' : 'ETH-USD')
      return frameLine('coinbase', `c${connection}`, micros(at), text)
    })
  })

describe('bronze', () => {
  const first = frameLine('coinbase', 'c0', micros(-1), ticker(0, -1))

  it('any cut into files, packed or not, gives the same events', async () => {
    const cuts = fc.array(fc.record({ at: fc.nat(41), packed: fc.boolean() }), { maxLength: 4 })
    let run = 0
    await fc.assert(
      fc.asyncProperty(bronzeLines, cuts, async (lines, places) => {
        const all = [first, ...lines]
        const whole = await events(file(`${run}-whole`, all))
        const ends = [...new Set(places.map(({ at }) => at % all.length))].sort((a, b) => a - b)
        const paths = [0, ...ends].flatMap((from, i) => {
          const part = all.slice(from, ends[i])
          const text = part.map(line => `${line}\n`).join('')
          const usable = part.some(line => !line.includes('garbage'))
          if (!usable) return text === '' ? [] : [file(`${run}-${i}`, `${first}\n${text}`)]
          return [file(`${run}-${i}`, places[i]?.packed ? gzipSync(text) : text)]
        })
        run++
        const parts = await events(...paths.reverse())
        const unique = [...new Map(parts.map(event => [event.product + identityOf(event), event])).values()]
        expect(unique).toEqual([...new Map(whole.map(event => [event.product + identityOf(event), event])).values()])
      }),
      { numRuns: 60 },
    )
  })

  it('repeated lines change nothing once an identity counts once', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(bronzeLines, fc.array(fc.tuple(fc.nat(), fc.nat(5))), async (lines, repeats) => {
        const all = [first, ...lines]
        const doubled = [...all]
        for (const [pick, later] of repeats) {
          const from = pick % all.length
          const place = doubled.indexOf(all[from]) + 1 + later
          if (!all[from].includes('"control"')) doubled.splice(Math.min(place, doubled.length), 0, all[from])
        }
        const byIdentity = (list: MarketEvent[]) =>
          new Map(list.map(event => [`${event.product} ${identityOf(event)}`, event]))
        run++
        const once = byIdentity(await events(file(`${run}-a`, all)))
        const twice = byIdentity(await events(file(`${run}-b`, doubled)))
        expect([...twice.keys()].sort()).toEqual([...once.keys()].sort())
        expect(twice).toEqual(once)
      }),
      { numRuns: 60 },
    )
  })

  it('merges by receipt, then file', async () => {
    const line = (at: number, number: number, connection: string) =>
      frameLine('coinbase', connection, micros(at), ticker(number, at))
    const b = file('b', [line(1, 0, 'b'), line(3, 1, 'b'), line(3, 2, 'b')])
    const a = file('a', [line(2, 0, 'a'), line(3, 1, 'a'), line(9, 2, 'a')])
    const c = file('c', [line(4, 0, 'c')])
    const order = (await records(c, b, a)).map(({ connection, line: at }) => `${connection}${at}`)
    expect(order).toEqual(['b1', 'a1', 'a2', 'b2', 'b3', 'c1', 'a3'])
  })

  it('a torn last line is counted and ignored, garbage within is dead', async () => {
    const text = `${first}\ngarbage\n${first}\n${first.slice(0, 60)}`
    const reader = readRaw([file('t', text)])
    const all = await collect(reader)
    expect(all.map(record => record.dead)).toEqual([undefined, 'not_json', undefined])
    expect(reader.counts).toEqual({ lines: 4, bytes: text.length, torn: 1, passed: 0, notes: [] })
  })

  it('together with bare files runs in the order of time', async () => {
    const bare = file('bare', [ticker(0, 100), ticker(1, 101)])
    const bronze = file('bronze', [frameLine('coinbase', 'c', micros(5), ticker(0, 5))])
    expect((await records(bare, bronze)).map(record => record.feed && record.connection)).toEqual([
      'c',
      'bare#0',
      'bare#0',
    ])
  })
})
