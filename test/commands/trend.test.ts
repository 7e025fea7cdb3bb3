import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trendCommand } from '../../src/commands/trend.ts'
import { readConfig } from '../../src/config.ts'
import { openStreams } from '../../src/streams/open.ts'
import { ticker } from '../fixtures/wire.ts'

let folder: string
let [said, told]: string[][] = [[], []]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-trend-'))
  ;[said, told] = [[], []]
  vi.spyOn(console, 'error').mockImplementation(line => said.push(String(line)))
  vi.spyOn(console, 'log').mockImplementation(line => told.push(String(line)))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
  rmSync(folder, { recursive: true })
})

test('saved data without a trade is refused in one line', async () => {
  const path = join(folder, 'quotes.ndjson')
  writeFileSync(path, `${ticker(1, 0)}\n${ticker(2, 1)}\n`)
  await trendCommand(['node', 'trend', '--raw', path])
  expect(said).toEqual([expect.stringMatching(/^trend: .*quotes\.ndjson: holds no trade/)])
  expect(process.exitCode).toBe(2)
})

test('a topic without a trade says so until there is one', async () => {
  const topics = `embedded://${join(folder, 'log.db')}`
  const streams = await openStreams(topics)
  await streams.createTopics([readConfig().topics.raw])
  await streams.close()
  await trendCommand(['node', 'trend', '--topics', topics, '--times', '1'])
  await trendCommand(['node', 'trend', '--topics', topics, '--times', '1', '--json'])
  expect(told).toEqual(['1: no trade yet', '{"run":0,"now":null,"rows":[]}'])
  expect(said).toEqual([])
})
