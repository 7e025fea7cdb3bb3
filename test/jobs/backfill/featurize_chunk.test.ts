/** Chunks put together are the rows of one engine that saw everything, whatever came late, twice or never. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { MarketEvent } from '../../../src/core/events/event.ts'
import { futureVolatility } from '../../../src/core/features/label.ts'
import type { FeatureTable } from '../../../src/core/features/table.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { ArchiveWriter } from '../../../src/jobs/backfill/archive_writer.ts'
import { featurizeChunk } from '../../../src/jobs/backfill/featurize_chunk.ts'
import { type Chunk, planChunks } from '../../../src/jobs/backfill/plan.ts'
import { clock, marketShape, quote, randomMarket, rowsOf, trade } from '../../fixtures/events.ts'

const config = readConfig()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-chunks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function cut(events: MarketEvent[], seconds: number, segmentCharacters = 20_000): { archive: string; chunks: Chunk[] } {
  const archive = mkdtempSync(join(folder, 'archive-'))
  const writer = new ArchiveWriter(archive, config, segmentCharacters)
  for (const event of events) writer.push(event)
  return { archive, chunks: planChunks(writer.end(), seconds, config) }
}

/** Each row as text, with its time and its sigma_future, every bit of them. */
function textsOf(table: FeatureTable): string[] {
  const columns = [table.time, ...Object.values(table.columns), table.sigma_future]
  return Array.from(table.time, (_, row) => columns.map(column => column[row]).join())
}

function expectWhole(events: MarketEvent[], seconds: number, segmentCharacters?: number): void {
  const { archive, chunks } = cut(events, seconds, segmentCharacters)
  const parts = chunks.flatMap(chunk => textsOf(featurizeChunk(archive, chunk, config).table))
  const table = rowsOf(events)
  table.sigma_future = futureVolatility(table)
  expect(parts).toEqual(textsOf(table))
}

it('gives the rows of one engine, in disorder and repeated, with late events and silences', () => {
  const lateness = fc.constantFrom(0, 1.9, 6)
  const characters = fc.constantFrom(500, 20_000, 1e6)
  const seconds = fc.constantFrom(120, 600, 86_400)
  fc.assert(
    fc.property(marketShape, lateness, seconds, characters, fc.nat(), (shape, late, length, size, seed) => {
      const random = seededRandom(seed)
      const events = randomMarket(shape)
        .flatMap(event => (random() < 0.05 ? [event, event] : [event]))
        .map(event => ({ event, key: event.time + random() * late * 1e6 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event)
      // a short market with silences of hours has many chunks of a minute
      expectWhole(events, shape.meanStep > 1 || shape.holes > 0 ? Math.max(length, 600) : length, size)
    }),
    { numRuns: 15 },
  )
}, 60_000)

const start = 1_767_571_200
/** Two hours, a quote a second. */
const quiet = (seconds = 7200): MarketEvent[] =>
  Array.from({ length: seconds }, (_, s) => quote(start + s, 100 + ((s * 7919) % 101) / 100, 102))

it('is warm from the first row of each chunk: longest look-backs, an hour on', () => {
  expectWhole(quiet(), 1200)
})

it('an event that cannot be, far ahead in time, cuts no chunk short', () => {
  const far = { time: (start + 90_000) * 1e6 }
  const events = quiet(3000)
  events.splice(500, 0, { ...quote(0, 100, 101, far), received_at: (start + 500) * 1e6 }, { ...quote(0, '0', 1, far) })
  events.splice(900, 0, { ...trade(0, 1, 1, 1, 'buy'), ...far, backfilled: true })
  expectWhole(events, 600)
})

it('time that goes on by clocks alone closes the last rows', () => {
  expectWhole([...quiet(700), ...[701, 705, 800].map(second => clock(start + second))], 600)
})

it('reads less than all for each chunk, and says how much', () => {
  const { archive, chunks } = cut(quiet(), 1200)
  const read = chunks.map(chunk => featurizeChunk(archive, chunk, config).events)
  expect(Math.max(...read)).toBeLessThan(1200 + 1300 + 62 + 5)
  expect(chunks).toHaveLength(7)
})

it.each([
  ['cut', (text: string) => text.slice(0, -40), /is torn or was changed/],
  ['changed by one digit', (text: string) => text.replace('102', '103'), /is torn or was changed/],
])('a segment that is %s is refused by name', (_, change, message) => {
  const { archive, chunks } = cut(quiet(100), 600)
  const path = join(archive, chunks[0].segments[0].file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  expect(() => featurizeChunk(archive, chunks[0], config)).toThrow(message)
  expect(() => featurizeChunk(archive, chunks[0], config)).toThrow(path)
})
