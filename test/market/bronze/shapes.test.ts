import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SpikeError } from '../../../src/errors.ts'
import { frameLine, parseBronzeLine } from '../../../src/market/bronze/line.ts'
import { readRaw } from '../../../src/market/bronze/raw.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { iso, micros, ticker } from '../../fixtures/wire.ts'
import { lacksLinux, needs } from '../../harness/needs.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shapes-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

async function read(path: string): Promise<{ all: RawRecord[]; notes: string[] }> {
  const reader = readRaw([path])
  const all: RawRecord[] = []
  for await (const { skimmed, ...record } of reader)
    all.push(skimmed ? { ...record, frame: JSON.parse(record.text!) } : record)
  return { all, notes: reader.counts.notes }
}

async function faultOf(path: string): Promise<string> {
  const error = await read(path).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SpikeError)
  expect((error as SpikeError).faults).toHaveLength(1)
  return (error as SpikeError).faults[0]
}

/** A text with quotes, braces and brackets inside strings, as no market sends it. */
const odd = { note: 'a "quoted" } ] , { [ \\' }
const frames: object[] = Array.from({ length: 20 }, (_, i) => JSON.parse(ticker(i, i, 'BTC-USD', i === 3 ? odd : {})))
const lines = frames.map(frame => JSON.stringify(frame))
const pretty = frames.map(frame => JSON.stringify(frame, null, 2))
const text = lines.map(line => `${line}\n`).join('')
const utf16be = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()

describe('the same frames, however they were written down', () => {
  it.each<[string, string | Buffer]>([
    ['one a line', text],
    ['without an end of the last line', text.trimEnd()],
    ['lines that end with CR LF', lines.join('\r\n')],
    ['lines that end with CR', lines.join('\r')],
    ['blank lines between', lines.join('\n\n \n')],
    ['a byte order mark before', `\ufeff${text}`],
    ['UTF-16, little end first', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', utf16be],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['a JSON list on one line', JSON.stringify(frames)],
    ['a JSON list over lines', JSON.stringify(frames, null, 2)],
    ['a JSON list with a frame a line', `[\n${lines.join(',\n')}\n]\n`],
    ['a JSON list with a frame a line, brackets beside them', `[${lines.join(',\n')}]`],
    ['a JSON list that was never closed', `[${lines.join(',\n')},\n`],
    ['a comma after every line', lines.map(line => `${line},\n`).join('')],
    ['objects over several lines', pretty.join('\n')],
    ['objects over several lines in UTF-16', Buffer.from(`\ufeff${pretty.join('\r\n')}`, 'utf16le')],
    ['objects with nothing between them', lines.join('')],
    ['a sequence of JSON texts (RFC 7464)', lines.map(line => `\u001e${line}\n`).join('')],
    ['the same over several lines', pretty.map(frame => `\u001e${frame}\n`).join('')],
    ['packed with gzip, a list', gzipSync(JSON.stringify(frames))],
    ['packed with zstd, CR alone', zstdCompressSync(Buffer.from(lines.join('\r')))],
  ])('%s', async (_, content) => {
    const { all } = await read(file('a', content))
    expect(all.map(record => record.dead)).toEqual(frames.map(() => undefined))
    expect(all.map(record => record.frame)).toEqual(frames)
    expect(all.map(record => JSON.parse(record.text!))).toEqual(frames)
  })

  const at = micros(3) / 1e6
  it.each<[string, (frame: object) => unknown, number | null]>([
    ['payload', frame => ({ ingest_time: iso(3), payload: frame }), micros(3)],
    ['payload as text', frame => ({ ingest_time: iso(3), payload: JSON.stringify(frame) }), micros(3)],
    ['data and milliseconds', frame => ({ ts: at * 1e3, data: frame }), micros(3)],
    ['message and microseconds', frame => ({ time: at * 1e6, message: frame }), micros(3)],
    ['raw as an object', frame => ({ ts: at, raw: frame }), micros(3)],
    ['raw, nanoseconds as text', frame => ({ t: `${Math.round(at)}000000000`, raw: frame }), micros(3)],
    ['received_at', frame => ({ received_at: micros(3), frame }), micros(3)],
    ['no time', frame => ({ data: frame }), null],
    ['a time that is none', frame => ({ ts: 'yesterday', data: frame }), null],
  ])('wrapped with %s', async (_, wrap, received_at) => {
    const { all } = await read(file('a', frames.map(frame => `${JSON.stringify(wrap(frame))}\n`).join('')))
    expect(all.map(record => record.frame)).toEqual(frames)
    expect(all.map(record => JSON.parse(record.text!))).toEqual(frames)
    expect(new Set(all.map(record => record.received_at))).toEqual(new Set([received_at]))
  })

  it.each([
    [`${iso(3)} `, micros(3)],
    [`${iso(3)}\t`, micros(3)],
    [`[INFO] `, null],
    [`10.0.0.7:443 > `, null],
    [`${micros(3) / 1e3},`, micros(3)],
    ['2026-01-05 00:00:03 ', null],
  ])('behind the prefix %j', async (prefix, received_at) => {
    const { all } = await read(file('a', lines.map(line => `${prefix}${line}\n`).join('')))
    expect(all.map(record => [record.frame, record.received_at])).toEqual(frames.map(frame => [frame, received_at]))
  })

  it('bronze in a list is bronze', async () => {
    const bronze = lines.map((line, i) => frameLine('coinbase', 'c', micros(i), line))
    const { all } = await read(file('a', `[${bronze.join(',')}]`))
    expect(all.map(({ frame, connection, received_at }) => ({ frame, connection, received_at }))).toEqual(
      frames.map((frame, i) => ({ frame, connection: 'c', received_at: micros(i) })),
    )
  })
})

it('a line of bronze that names no connection is none: its events would be invalid on a topic', () => {
  expect(parseBronzeLine(frameLine('coinbase', 'c', 1, lines[0]))).not.toBeNull()
  expect(parseBronzeLine(frameLine('coinbase', '', 1, lines[0]))).toBeNull()
})

describe('what is assumed is said', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['a list', JSON.stringify(frames), /does not hold a JSON object a line; its objects are read as they follow/],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), /is read as UTF-16LE$/],
    ['CR', lines.join('\r'), /its lines end with CR alone$/],
    ['a cut gzip file', gzipSync(text).subarray(0, -20), /is cut; what can be unpacked of it is read$/],
    [
      'a cut zstd file',
      Buffer.concat([zstdCompressSync(text), zstdCompressSync(text).subarray(0, -1)]),
      /is cut; what can be unpacked of it is read$/,
    ],
    [
      'bytes after gzip',
      Buffer.concat([gzipSync(text), Buffer.from('GARBAGE')]),
      /the 7 bytes after its end are not read$/,
    ],
    [
      'bytes after zstd',
      Buffer.concat([zstdCompressSync(Buffer.from(text)), Buffer.alloc(9)]),
      /the 9 bytes after its end/,
    ],
  ])('%s', async (_, content, said) => {
    const { notes } = await read(file('a', content))
    expect(notes).toEqual([expect.stringMatching(said)])
  })

  it('of a plain file with a frame a line nothing is', async () => {
    expect((await read(file('a', text))).notes).toEqual([])
  })
})

describe('a packed file that is not whole', () => {
  it('cut anywhere, gzip gives the lines before the cut, and no other', async () => {
    const many = Array.from({ length: 400 }, (_, i) => ticker(i, i))
    const packed = gzipSync(`${many.join('\n')}\n`)
    for (const cut of [packed.length - 1, packed.length - 8, packed.length - 9, packed.length >> 1]) {
      const { all } = await read(file('a.gz', packed.subarray(0, cut)))
      const whole = all.filter(({ dead }) => dead === undefined)
      expect(whole.map(record => record.text)).toEqual(many.slice(0, whole.length))
      expect(whole.length).toBeGreaterThan(cut === packed.length >> 1 ? 50 : 390)
      expect(all.length - whole.length).toBeLessThanOrEqual(1)
    }
  })

  it('garbage after its end takes nothing from it, also where its members are many', async () => {
    const members = lines.map(line => gzipSync(`${line}\n`))
    const { all } = await read(file('a.gz', Buffer.concat([...members, Buffer.from('GARBAGE'.repeat(9000))])))
    expect(all.map(record => record.frame)).toEqual(frames)
  })

  it('damage within is an error: what it says cannot be trusted', async () => {
    const packed = gzipSync(text)
    packed[packed.length - 6] ^= 255
    expect(await faultOf(file('a.gz', packed))).toMatch(
      /a\.gz: cannot be unpacked after line 20 \(incorrect data check\)$/,
    )
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('what unpacks to more than 500 times its size by %s is refused', async (_, pack) => {
    const bomb = pack(Buffer.concat([Buffer.from(text), Buffer.alloc(80 << 20, ' ')]))
    expect(await faultOf(file('a', bomb))).toMatch(/unpacks to more than 500 times its size, which no capture does/)
  })
})

describe('what cannot be read is named', () => {
  it.each<[string, string | Buffer, string]>([
    ['xz', Buffer.from('fd377a585a000000', 'hex'), 'is packed with xz; unpack it first: xz -dk'],
    ['bzip2', Buffer.from('BZh91AY&SY'), 'is packed with bzip2; unpack it first: bunzip2 -k'],
    ['zip', Buffer.from('504b030414000000', 'hex'), 'is a zip archive; unpack it first: unzip'],
    ['Parquet', Buffer.from('PAR1\x15\x04'), 'is a Parquet file; name the raw data that it was made of'],
    ['SQLite', 'SQLite format 3\0', 'is a SQLite database, such as a topic log; name the raw data'],
    ['HTML', '<!doctype html>\n<html>', 'has no usable line of 2: the first looks like HTML or XML'],
    ['objects of no feed', '{"e":"trade","s":"X"}', 'the first is a JSON object with e, s, which no feed sends'],
    ['a list of numbers', '[1, 2, 3]', 'the first is JSON, but no frame of a feed'],
    ['prose', 'once upon a time', 'the first is not JSON'],
  ])('%s', async (_, content, what) => {
    expect(await faultOf(file('a', content))).toContain(what)
  })

  it('a folder, a device and a pipe', needs(lacksLinux), async () => {
    mkdirSync(join(directory, 'folder'))
    spawnSync('mkfifo', [join(directory, 'pipe')])
    expect(await faultOf(join(directory, 'folder'))).toContain('is a folder; name a capture')
    expect(await faultOf(join(directory, 'pipe'))).toContain('is a pipe; write what comes of it to a file first')
    expect(await faultOf('/dev/zero')).toContain('is a device; name a capture')
  })
})

describe('a broken value among whole ones', () => {
  it('costs nothing but itself, and has its line', async () => {
    const broken = [lines[0], `${lines[1].slice(0, 40)}"un`, lines[2], 'null', '"text"', '7', lines[3]]
    const { all } = await read(file('a', `[\n${broken.join(',\n')}\n]`))
    expect(all.map(({ frame, dead, line }) => [line, dead ?? frame])).toEqual([
      [2, frames[0]],
      [3, 'not_json'],
      [4, frames[2]],
      [5, 'not_object'],
      [6, 'not_object'],
      [7, 'not_object'],
      [8, frames[3]],
    ])
  })

  it('a torn first line makes no list of a file with a frame a line', async () => {
    const { all } = await read(file('a', [lines[0].slice(20), ...lines.slice(1)].join('\n')))
    expect(all.map(({ frame }) => frame)).toEqual([undefined, ...frames.slice(1)])
    const cut = await read(file('b', [lines[0].slice(0, 50), ...lines.slice(1)].join('\n')))
    expect(cut.all.map(({ frame, line }) => [line, frame])).toEqual(
      frames.map((frame, i) => [i + 1, i === 0 ? undefined : frame]),
    )
  })
})
