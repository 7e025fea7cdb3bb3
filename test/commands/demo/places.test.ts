import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { placesOf } from '../../../src/commands/demo/places.ts'
import { runDemo } from '../../../src/commands/demo/run.ts'
import { readConfig } from '../../../src/config.ts'
import { withLock } from '../../../src/files/lock.ts'
import { frameLine } from '../../../src/market/bronze/line.ts'
import { demoPaths, runPaths } from '../../../src/run_paths.ts'

let out: string
let raw: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'spike60-demo-places-'))
  raw = join(out, demoPaths(1).raw)
  mkdirSync(raw, { recursive: true })
})
afterEach(() => rmSync(out, { recursive: true }))

const recorded = (feed: string): string => `${frameLine(feed, `${feed}-1`, 1_767_582_000_000_000, '{}')}\n`
const put = (name: string, text: string): string => {
  writeFileSync(join(raw, name), text)
  return join(raw, name)
}
const second = () => ({ raw: join(out, demoPaths(2).raw), log: join(out, demoPaths(2).log) })

test('a second simulated demo in a folder begins its recording and its log anew, and takes nothing else away', async () => {
  put('simulated-20260105T030000Z-1.ndjson', recorded('simulated'))
  put('simulated-20260105T030000Z-2.ndjson', '')
  put('.published-0a1b2c3d-4e5f6a7b.json', '{}')
  const log = join(out, demoPaths(1).log)
  mkdirSync(join(log, '../models/artifacts'), { recursive: true })
  for (const name of ['streams.db', 'streams.db-wal', 'streams.db-shm', 'models/artifacts/mine'])
    writeFileSync(join(log, '..', name), 'x')
  expect(await placesOf(out, [])).toEqual({ raw, log })
  expect(readdirSync(raw)).toEqual([])
  expect(readdirSync(join(log, '..'), { recursive: true }).sort()).toEqual([
    'models',
    'models/artifacts',
    'models/artifacts/mine',
  ])
})

test('what is no recording of the simulated exchange stays: the demo records beside it', async () => {
  for (const [name, text] of [
    ['coinbase-20260105T030000Z-1.ndjson', recorded('coinbase')],
    ['simulated-20260105T030000Z-1.ndjson', recorded('coinbase')],
    ['capture.ndjson', '{"channel":"ticker"}\n'],
    ['notes.txt', 'mine'],
    ['.published-mine.json', '{}'],
    ['.ingest.db', 'an ingest records here'],
  ]) {
    const path = put(name, text)
    expect(await placesOf(out, []), name).toEqual(second())
    expect(readFileSync(path, 'utf8')).toBe(text)
    rmSync(path)
  }
  mkdirSync(join(raw, 'folder'))
  expect(await placesOf(out, [])).toEqual(second())
  rmSync(join(raw, 'folder'), { recursive: true })
  symlinkSync(put('../elsewhere.ndjson', recorded('simulated')), join(raw, 'link.ndjson'))
  expect(await placesOf(out, [])).toEqual(second())
  writeFileSync(join(second().raw, 'mine.txt'), 'mine')
  expect((await placesOf(out, [])).raw).toBe(join(out, demoPaths(3).raw))
})

test('a demo never takes away what it reads, also where it is named by a link', async () => {
  const path = put('simulated-20260105T030000Z-1.ndjson', recorded('simulated'))
  linkSync(path, join(out, 'hard.ndjson'))
  symlinkSync(path, join(out, 'soft.ndjson'))
  for (const file of [path, join(out, './data/../data/raw/demo/simulated-20260105T030000Z-1.ndjson')])
    expect(await placesOf(out, [file])).toEqual(second())
  for (const name of ['hard.ndjson', 'soft.ndjson']) expect(await placesOf(out, [join(out, name)])).toEqual(second())
  expect(existsSync(path)).toBe(true)
})

test('what a demo would replace at its end is looked at before it begins', async () => {
  const recording = put('simulated-20260105T030000Z-1.ndjson', recorded('simulated'))
  for (const path of [
    'handoff/thesis.md',
    'models/artifacts/logistic/notes.md',
    'data/processed/predictions.parquet',
  ]) {
    mkdirSync(join(out, path, '..'), { recursive: true })
    writeFileSync(join(out, path), 'mine')
    const venues = (async function* () {})()
    const begun = runDemo({ config: readConfig(), out, files: [], venues, onStep: () => {}, say: () => {} })
    await expect(begun).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(path.split('/').at(-1)!) })
    expect([readFileSync(join(out, path), 'utf8'), existsSync(recording)]).toEqual(['mine', true])
    rmSync(join(out, path))
  }
})

test('of two demos at once in a folder the second is refused, before it takes anything away', async () => {
  const path = put('simulated-20260105T030000Z-1.ndjson', recorded('simulated'))
  const venues = (async function* () {})()
  const quiet = { onStep: () => {}, say: () => {} }
  await withLock(join(out, runPaths.demoLock), 0, async () => {
    await expect(runDemo({ config: readConfig(), out, files: [], venues, ...quiet })).rejects.toMatchObject({
      code: 'LOCKED',
      faults: [`${out}: another demo runs there; wait for its end, or name another folder with --out`],
    })
  })
  expect(existsSync(path)).toBe(true)
})
