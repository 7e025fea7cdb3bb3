import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { frameLine } from '../../../src/market/bronze/line.ts'
import { readEvents } from '../../../src/market/decode/events.ts'
import { heartbeat, micros, ticker } from '../../fixtures/wire.ts'

test('each event names the line that it came from, also where lines give several events or none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'events-'))
  const path = join(directory, 'a.ndjson')
  const frames = [ticker(0, 1), ticker(1, 2, 'ETH-USD'), ticker(2, 3, 'NONE-SUCH'), '{}', heartbeat(3, 4), ticker(9, 5)]
  const lines = frames.map((text, i) => frameLine('coinbase', 'c', micros(i + 1), text))
  writeFileSync(path, `${lines.join('\n')}\n`)
  const reader = readEvents([path], readConfig())
  const told: string[] = []
  let dead = 0
  for await (const batch of reader) {
    dead += batch.dead.length
    told.push(...batch.events.map(({ type }, i) => `${type} ${batch.whereOf(i).split(':').at(-1)}`))
  }
  rmSync(directory, { recursive: true })
  expect(told).toEqual(['quote 1', 'quote 2', 'clock 5', 'clock 5', 'gap 6', 'gap 6', 'quote 6'])
  expect([dead, reader.counters.frames]).toEqual([1, 6])
})
