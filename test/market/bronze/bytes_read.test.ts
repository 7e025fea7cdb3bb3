import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readRaw } from '../../../src/market/bronze/raw.ts'
import { framesOf } from '../../fixtures/ticker_frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-bytes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const text = framesOf(3000)
const half = text.indexOf('\n', text.length / 2) + 1

test.each<[string, Buffer | string]>([
  ['ndjson', text],
  ['ndjson.gz', gzipSync(text)],
  ['members.ndjson.gz', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])],
  ['ndjson.zst', zstdCompressSync(text)],
])('of a %s file its own bytes count, each once, in steps that never go back', async (name, data) => {
  const path = join(folder, `frames.${name}`)
  writeFileSync(path, data)
  const reader = readRaw([path])
  let before = 0
  let records = 0
  for await (const _ of reader) {
    expect(reader.counts.bytes).toBeGreaterThanOrEqual(before)
    before = reader.counts.bytes
    records++
  }
  const { size } = statSync(path)
  expect(records).toBe(text.trim().split('\n').length)
  expect(reader.counts.bytes).toBeLessThanOrEqual(size)
  expect(reader.counts.bytes).toBeGreaterThan(size - 32)
})
