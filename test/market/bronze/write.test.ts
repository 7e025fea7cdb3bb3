import fs, { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { controlLine, frameLine, parseBronzeLine } from '../../../src/market/bronze/line.ts'
import { createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { micros, ticker } from '../../fixtures/wire.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bronze-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('bronze lines', () => {
  it('hold the message verbatim, spaces and number formats included', () => {
    const text = '{"b": 1.50, "a":"\\u00e9", "n":1e3 }'
    const line = frameLine('coinbase', 'c-1', 5, text)
    expect(line).toBe(`{"received_at":5,"feed":"coinbase","connection":"c-1","frame":${text}}`)
    expect(parseBronzeLine(line)).toEqual({
      received_at: 5,
      feed: 'coinbase',
      connection: 'c-1',
      frame: { b: 1.5, a: 'é', n: 1000 },
      text,
    })
  })

  it('any message comes back as it was, on one line', () => {
    const message = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.dictionary(fc.string(), fc.jsonValue()).map(value => JSON.stringify(value)),
      fc.dictionary(fc.string(), fc.jsonValue()).map(value => JSON.stringify(value, null, 2)),
      fc.constantFrom('', '{', '{}', ' {} ', '{"frame":1}', '{"a":"},\\"frame\\":"}', '[1]', 'null', '{"a":1}}'),
    )
    fc.assert(
      fc.property(message, fc.string({ minLength: 1 }), (text, connection) => {
        const line = frameLine('coinbase', connection, 5, text)
        expect(line).not.toMatch(/[\n\r]/)
        const content = parseBronzeLine(line)
        expect(content).toMatchObject({ received_at: 5, connection, text })
        expect(content?.frame === undefined).toBe(content?.dead !== undefined)
      }),
      { numRuns: 500 },
    )
  })

  it('say which of two connections it was, and what a REST answer answers', () => {
    const span = { product: 'BTC-USD","frame":{}', from: 1, to: 2 }
    const line = frameLine('coinbase', 'c', 5, '{"trades": [] }', { role: 'standby', backfill: span })
    expect(parseBronzeLine(line)).toMatchObject({ role: 'standby', backfill: span, text: '{"trades": [] }' })
    expect(parseBronzeLine(controlLine('coinbase', 'c', 5, 'open', { role: 'primary' }))).toEqual({
      ...{ received_at: 5, feed: 'coinbase', connection: 'c', role: 'primary', control: 'open' },
    })
    const filled = { product: 'BTC-USD', from: 1, to: 2 }
    expect(parseBronzeLine(controlLine('coinbase', 'b', 5, 'filled', { backfill: filled }))).toEqual({
      ...{ received_at: 5, feed: 'coinbase', connection: 'b', control: 'filled', backfill: filled },
    })
    expect(parseBronzeLine(controlLine('coinbase', 'b', 5, 'filled'))).toBe(null)
    expect(parseBronzeLine(controlLine('coinbase', 'b', 5, 'open', { backfill: filled }))).toBe(null)
    for (const marks of ['"role":"third"', '"backfill":7', '"backfill":{"product":"A-B","from":1,"to":"2"}'])
      expect(parseBronzeLine(`{"received_at":5,"feed":"coinbase","connection":"c",${marks},"frame":{}}`)).toBe(null)
  })

  it('keep a mebibyte of what is no JSON object, and every object whole', () => {
    const garbage = parseBronzeLine(frameLine('coinbase', 'c', 5, '\u0000'.repeat(3 << 20)))
    expect(garbage).toMatchObject({ dead: 'not_json' })
    expect(garbage!.text).toHaveLength(1 << 20)
    const object = JSON.stringify({ list: Array(300_000).fill('"') }, null, 2)
    expect(object.length).toBeGreaterThan(2 << 20)
    expect(parseBronzeLine(frameLine('coinbase', 'c', 5, object))!.text).toBe(object)
  })

  it('keep frames that are lists as they stand', () => {
    const text = '[{"ev":"T","p":1.50},  {"ev":"status"}]'
    expect(frameLine('coinbase', 'c', 5, text)).toContain(`"frame":${text}}`)
    expect(parseBronzeLine(frameLine('coinbase', 'c', 5, text))).toMatchObject({ frame: JSON.parse(text), text })
    const pretty = JSON.stringify(JSON.parse(text), null, 2)
    expect(parseBronzeLine(frameLine('coinbase', 'c', 5, pretty))).toMatchObject({
      frame: JSON.parse(text),
      text: pretty,
    })
  })

  it('laid out by another program are read too', () => {
    const line = '{ "connection": "c", "frame": {"a": 1}, "feed": "coinbase", "received_at": 7 }'
    expect(parseBronzeLine(line)).toMatchObject({ received_at: 7, frame: { a: 1 }, text: '{"a":1}' })
  })

  it.each([
    '{"received_at":1.5,"feed":"coinbase","connection":"c","frame":{}}',
    '{"received_at":1,"feed":"coinbase","connection":"c","control":"burst"}',
    '{"received_at":1,"feed":"coinbase","connection":"c","frame":5}',
    '{"received_at":1,"feed":"coinbase","connection":"c"',
    '[]',
  ])('refuses %s', line => expect(parseBronzeLine(line)).toBeNull())
})

describe('the bronze writer', () => {
  it('writes whole lines in order, controls among them, under a name with feed, time and connection', () => {
    const writer = createBronzeWriter({ directory, feed: 'coinbase' })
    writer.control('c 1', micros(0), 'open')
    writer.frame('c 1', micros(1), ticker(0, 1))
    writer.frame('c 1', micros(2), 'not json')
    writer.control('c 1', micros(3), 'close')
    writer.close()
    expect(writer.files).toEqual([join(directory, 'coinbase-20260105T000000Z-c_1.ndjson')])
    const lines = readFileSync(writer.files[0], 'utf8').split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe(controlLine('coinbase', 'c 1', micros(0), 'open'))
    expect(parseBronzeLine(lines[1])?.text).toBe(ticker(0, 1))
    expect(parseBronzeLine(lines[2])).toMatchObject({ dead: 'not_json', text: 'not json' })
    expect(writer.bytes).toBe(readFileSync(writer.files[0]).length)
  })

  it('begins new files by size and by age, and never touches one that is there', () => {
    for (const limits of [{ maxBytes: 300 }, { maxAge: 1_000_000 }]) {
      const writer = createBronzeWriter({ directory, feed: 'coinbase', ...limits })
      for (let i = 0; i < 3; i++) writer.frame('c', micros(i), ticker(i, i))
      writer.close()
      expect(writer.files).toHaveLength(3)
      const texts = writer.files.map(file => parseBronzeLine(readFileSync(file, 'utf8'))?.text)
      expect(texts).toEqual([0, 1, 2].map(i => ticker(i, i)))
    }
  })

  it('begins new files by age when the clock of receipt stands still, and in the order of their names', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const writer = createBronzeWriter({ directory, feed: 'coinbase' })
      for (let i = 0; i < 12; i++) {
        writer.frame('c', micros(0), ticker(i, i))
        vi.advanceTimersByTime(3_600_000)
      }
      writer.close()
      expect(writer.files).toHaveLength(12)
      expect(writer.files.toSorted()).toEqual(writer.files)
    } finally {
      vi.useRealTimers()
    }
  })

  it('goes to the disk behind the back of its caller when a new file is begun, and says then what the disk said', async () => {
    const writer = createBronzeWriter({ directory, feed: 'coinbase', maxBytes: 300 })
    const { fsync, fsyncSync } = fs
    let waits: ((error: Error) => void) | null = null
    fs.fsync = ((_: number, done: (error: Error) => void) => {
      waits = done
    }) as typeof fsync
    fs.fsyncSync = () => {
      throw new Error('the caller waits for the disk')
    }
    syncBuiltinESMExports()
    try {
      for (const i of [0, 1]) writer.frame('c', micros(i), ticker(i, i))
      expect(writer.files).toHaveLength(2)
      waits!(new Error('no space left'))
      expect(() => writer.frame('c', micros(2), ticker(2, 2))).toThrow('no space left')
    } finally {
      Object.assign(fs, { fsync, fsyncSync })
      syncBuiltinESMExports()
    }
  })

  it('shows everything after flush, and refuses to write after close', () => {
    const writer = createBronzeWriter({ directory, feed: 'coinbase' })
    writer.frame('c', micros(0), ticker(0, 0))
    writer.flush()
    expect(readFileSync(writer.files[0], 'utf8')).toMatch(/\}\n$/)
    writer.close()
    expect(() => writer.frame('c', micros(0), '{}')).toThrow('closed')
  })

  it('stays failed when the disk fails as a new file is begun: no later line is taken as if nothing had been lost', () => {
    const writer = createBronzeWriter({ directory, feed: 'coinbase', maxBytes: 600 })
    for (const i of [0, 1]) writer.frame('c', micros(i), ticker(i, i))
    const { writeSync } = fs
    fs.writeSync = () => {
      throw new Error('no space left')
    }
    syncBuiltinESMExports()
    try {
      expect(() => writer.frame('c', micros(2), ticker(2, 2))).toThrow('no space left')
    } finally {
      fs.writeSync = writeSync
      syncBuiltinESMExports()
    }
    expect(() => writer.frame('c', micros(3), ticker(3, 3))).toThrow('no space left')
    expect(writer.files).toHaveLength(1)
  })

  it('tells the disk error to the caller', () => {
    const writer = createBronzeWriter({ directory: '/dev/null/x', feed: 'coinbase' })
    expect(() => writer.frame('c', 0, '{}')).toThrow()
  })
})
