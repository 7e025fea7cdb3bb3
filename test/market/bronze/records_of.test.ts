import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { frameLine } from '../../../src/market/bronze/line.ts'
import { readRaw } from '../../../src/market/bronze/raw.ts'
import { newRawCounts } from '../../../src/market/bronze/raw_records.ts'
import type { RawRecord } from '../../../src/market/bronze/record.ts'
import { recordsOf } from '../../../src/market/bronze/records_of.ts'
import { framesOf } from '../../fixtures/ticker_frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const frames = framesOf(20)
const lines = frames.trim().split('\n')
const files: Record<string, string | Buffer> = {
  'bare.ndjson': `${frames}garbled\n\n`,
  'bronze.ndjson': `${lines.map((text, i) => frameLine('coinbase', 'a', 1_767_571_200_000_000 + i, text)).join('\n')}\n{"torn`,
  'list.json': `[\n${lines.join(',\n')}\n]`,
  'BTC-USD.csv': `time,bid,ask\n2026-01-05T00:00:00Z,1.5,2.5\n2026-01-05T00:00:01Z,1.25,2.5\nx\n`,
  'windows.ndjson': `\ufeff${frames.replaceAll('\n', '\r\n')}`,
  'utf16.ndjson': Buffer.from(`\ufeff${frames}`, 'utf16le'),
}

test.each(Object.keys(files))(
  'bytes from anywhere, in pieces of any size, give the records of the file: %s',
  async name => {
    const path = join(folder, name)
    const bytes = Buffer.from(files[name])
    writeFileSync(path, bytes)
    const reader = readRaw([path])
    const expected: RawRecord[] = []
    for await (const record of reader) expected.push({ ...record, file: name })
    expect(expected.length).toBeGreaterThan(1)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 7, max: 5000 }), async size => {
        async function* pieces(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size))
        }
        const counts = newRawCounts()
        const records: RawRecord[] = []
        for await (const some of recordsOf(name, pieces, counts)) for (const record of some) records.push(record)
        expect(records).toEqual(expected)
        expect(counts).toEqual({ ...reader.counts, notes: reader.counts.notes.map(note => note.replace(path, name)) })
      }),
      { numRuns: 10 },
    )
  },
)
