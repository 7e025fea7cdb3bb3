import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { writeFeatures } from '../../src/jobs/featurize/sink.ts'
import { feedFiles } from '../../src/jobs/ingest/feed_files.ts'
import { openStreams } from '../../src/streams/open.ts'
import { syntheticTable } from '../fixtures/synthetic_features.ts'
import { ticker } from '../fixtures/wire.ts'
import { startVictim } from '../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-featurize-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a featurizer before its log waits for it, and when nothing came the rows of a former file stay', async () => {
  const out = join(folder, 'features.parquet')
  await writeFeatures(out, syntheticTable(300), readConfig())
  const before = readFileSync(out)
  const topics = `embedded://${join(folder, 'log.db')}`
  const featurizer = startVictim(['features/featurizer.ts', '--topics', topics, '--parquet', out])
  await expect.poll(() => featurizer.readyAfter() ?? featurizer.ended(), { timeout: 20_000 }).not.toBe(null)
  expect(featurizer.log()).toMatch(
    /"file":"\S+features\.parquet","rows":\d+,"msg":"stays as it is unless topic ticks\.features/,
  )
  expect(await featurizer.stop('SIGINT')).toEqual({ code: 2, signal: null })
  expect(featurizer.log()).toMatch(
    /\nfeaturizer: \S+features\.parquet: holds \d+ rows .*, topic ticks\.features none; the file stays .*\n$/,
  )
  expect(featurizer.out()).toMatch(/^0 quotes, .* 0 rows; .* 0 dead letters\n$/)
  expect(readFileSync(out).equals(before)).toBe(true)
})

test('a file of something else is refused before any work', async () => {
  const out = join(folder, 'notes.txt')
  writeFileSync(out, 'mine')
  const topics = `embedded://${join(folder, 'never.db')}`
  const featurizer = startVictim(['features/featurizer.ts', '--topics', topics, '--parquet', out])
  expect(await featurizer.wait()).toEqual({ code: 2, signal: null })
  expect(featurizer.log()).toMatch(/^featurizer: \S+notes\.txt: is no file of features, .*\n$/)
  expect(readFileSync(out, 'utf8')).toBe('mine')
})

test('of a topic without one event, since all that was fed is dead letters, it tells what it took in, and why it ends', async () => {
  const raw = join(folder, 'hexadecimal.ndjson')
  writeFileSync(raw, ticker(0, 0, 'BTC-USD', { best_bid: '0x64' }))
  const topics = `embedded://${join(folder, 'dead.db')}`
  const streams = await openStreams(topics)
  await feedFiles({ streams, config: readConfig(), raw: [raw] })
  await streams.close()
  const parquet = join(folder, 'none.parquet')
  const args = ['--topics', topics, '--until-end', '--json', '--parquet', parquet]
  const featurizer = startVictim(['features/featurizer.ts', ...args])
  expect(await featurizer.wait()).toEqual({ code: 2, signal: null })
  expect(JSON.parse(featurizer.out())).toMatchObject({ quotes: 0, rows: 0, dead: 0 })
  expect(featurizer.log()).toContain('topic ticks.raw holds no market events')
})
