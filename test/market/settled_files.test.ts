/** The publisher's state names the files that grew last; all others stand in a file beside bronze. */

import fs, { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { frameLine } from '../../src/market/bronze/line.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { createPublisher, type Publisher } from '../../src/market/publisher.ts'
import { micros, ticker } from '../fixtures/wire.ts'
import { createMemoryStreams, type MemoryStreams } from '../harness/memory_streams.ts'

const config = readConfig()
const { raw, state } = config.topics
let directory: string
let streams: MemoryStreams
let at = 0
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'settled-'))
  streams = createMemoryStreams()
  at = 0
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true })
})

function grow(name: string): void {
  at++
  appendFileSync(join(directory, `${name}.ndjson`), `${frameLine('coinbase', 'c', micros(at), ticker(at, at))}\n`)
}

const publisher = (): Publisher => createPublisher({ streams, config, bronze: { directory } })
const published = (): MarketEvent[] => streams.records(raw.name).map(({ value }) => JSON.parse(value.toString()))
const lastState = () => JSON.parse(streams.records(state.name).at(-1)!.value.toString())
const beside = (): string[] => readdirSync(directory).filter(name => name.startsWith('.published-'))

async function replayed(): Promise<MarketEvent[]> {
  const paths = readdirSync(directory).filter(name => name.endsWith('.ndjson'))
  const all: MarketEvent[] = []
  for await (const { events } of readEvents(
    paths.map(name => join(directory, name)),
    config,
  ))
    all.push(...events)
  return all
}

it('names no more files in its state after a hundred than after sixteen, and publishes each event once', async () => {
  let one = publisher()
  for (let file = 100; file < 200; file++) {
    grow(`f${file}`)
    await one.publishAvailable()
    if (file % 7 === 0) one = publisher()
    expect(Object.keys(lastState().files).length).toBeLessThanOrEqual(16)
    expect(beside().length).toBeLessThanOrEqual(1)
  }
  expect(beside()).toEqual([lastState().settled])
  expect(published()).toEqual(await replayed())
  expect(published()).toHaveLength(100)
})

it('fails to commit at any file, before or after it took effect: each event once, and no note is left over', async () => {
  for (let file = 100; file < 160; file++) {
    grow(`f${file}`)
    const one = publisher()
    streams.failNext(1, file % 2 === 0)
    await expect(one.publishAvailable()).rejects.toThrow('lost')
    await one.publishAvailable()
  }
  expect(published()).toEqual(await replayed())
  expect(beside()).toEqual([lastState().settled])
})

it('keeps no note of commits that fail again and again, and one that took effect although it seemed to fail', async () => {
  for (let file = 100; file < 117; file++) grow(`f${file}`)
  const one = publisher()
  for (const after of [false, false, false, true]) {
    streams.failNext(1, after)
    await expect(one.publishAvailable()).rejects.toThrow('lost')
    expect(beside()).toHaveLength(1)
  }
  await one.publishAvailable()
  expect(beside()).toEqual([lastState().settled])
  expect(published()).toEqual(await replayed())
})

it('has a note on the disk before the transaction that names it, and waits for it beside the thread of the socket', async () => {
  const file = await open(directory)
  const sync = vi.spyOn(Object.getPrototypeOf(file), 'sync')
  await file.close()
  const blocking = vi.spyOn(fs, 'fsyncSync')
  for (let file = 100; file < 117; file++) grow(`f${file}`)
  streams.failNext(1)
  await expect(publisher().publishAvailable()).rejects.toThrow('lost')
  // the file, then its folder
  expect(sync).toHaveBeenCalledTimes(2)
  expect(blocking).not.toHaveBeenCalled()
})

it('publishes what a settled file has grown by, after a restart too', async () => {
  for (let file = 100; file < 140; file++) grow(`f${file}`)
  await publisher().publishAvailable()
  expect(lastState().files).not.toHaveProperty('f100.ndjson')
  for (let round = 0; round < 2; round++) {
    grow('f100')
    await publisher().publishAvailable()
    expect(lastState().files).toHaveProperty('f100.ndjson')
    expect(published()).toEqual(await replayed())
  }
})

it('goes on from a state of the version that named all files', async () => {
  for (let file = 100; file < 140; file++) grow(`f${file}`)
  await publisher().publishAvailable()
  const { settled, files, ...now } = lastState()
  const all = { ...JSON.parse(readFileSync(join(directory, settled), 'utf8')), ...files }
  expect(Object.keys(all)).toHaveLength(40)
  const writer = await streams.writer('test')
  const value = JSON.stringify({ ...now, version: 2, files: all })
  await writer.commit({ records: [{ topic: state.name, key: 'publisher bronze', value }] })
  for (const name of beside()) rmSync(join(directory, name))
  grow('f200')
  await publisher().publishAvailable()
  expect(published()).toEqual(await replayed())
  expect(Object.keys(lastState().files).length).toBeLessThanOrEqual(16)
})

it('published from another folder for a while, and from the first one again: each event once', async () => {
  const [first, second] = [directory, mkdtempSync(join(tmpdir(), 'settled-'))]
  try {
    for (const [round, folder] of [first, second, first, second, first].entries()) {
      directory = folder
      for (let file = 0; file < 40; file++) {
        grow(`${folder === first ? 'a' : 'b'}${1000 + 100 * round + file}`)
        if (file % 9 === 0) await publisher().publishAvailable()
      }
      grow(`${folder === first ? 'a1000' : 'b1100'}`)
      await publisher().publishAvailable()
      expect(published()).toHaveLength(41 * (round + 1))
      expect(Object.keys(lastState().files).length).toBeLessThanOrEqual(16)
      expect(Object.keys(lastState().elsewhere?.files ?? {}).length).toBeLessThanOrEqual(32)
    }
    expect(new Set(published().map(({ time }) => time)).size).toBe(published().length)
  } finally {
    directory = first
    rmSync(second, { recursive: true })
  }
})

it('without the file beside bronze refuses, and says what to do', async () => {
  for (let file = 100; file < 140; file++) grow(`f${file}`)
  await publisher().publishAvailable()
  const [name] = beside()
  rmSync(join(directory, name))
  await expect(publisher().publishAvailable()).rejects.toMatchObject({
    code: 'STATE_LOST',
    faults: [expect.stringMatching(new RegExp(`${name}: cannot be read, .*bring it back, or name other topics`))],
  })
  expect(published()).toHaveLength(40)
})

it('refuses a folder that came back without its last files and the note, instead of publishing it again', async () => {
  for (let file = 100; file < 140; file++) grow(`f${file}`)
  await publisher().publishAvailable()
  for (const name of [...Object.keys(lastState().files), ...beside()]) rmSync(join(directory, name))
  await expect(publisher().publishAvailable()).rejects.toMatchObject({
    code: 'STATE_LOST',
    faults: [expect.stringContaining(`no state of 'publisher bronze, files of ${directory}'`)],
  })
  expect(published()).toHaveLength(40)
})

it('refuses files of a former folder that the state forgot, and takes those that it began later', async () => {
  const [first, second] = [directory, mkdtempSync(join(tmpdir(), 'settled-'))]
  try {
    for (let file = 100; file < 140; file++) grow(`f${file}`)
    await publisher().publishAvailable()
    const { settled, files, ...now } = lastState()
    const all = { ...JSON.parse(readFileSync(join(directory, settled), 'utf8')), ...files }
    const writer = await streams.writer('test')
    const value = JSON.stringify({ ...now, version: 2, files: all })
    await writer.commit({ records: [{ topic: state.name, key: 'publisher bronze', value }] })
    for (const name of beside()) rmSync(join(directory, name))
    directory = second
    grow('other')
    await publisher().publishAvailable()
    directory = first
    await expect(publisher().publishAvailable()).rejects.toMatchObject({ code: 'STATE_LOST' })
    const kept = Object.keys(lastState().elsewhere.files)
    for (const name of readdirSync(first)) if (!kept.includes(name)) rmSync(join(first, name))
    grow('later')
    await publisher().publishAvailable()
    expect(published()).toHaveLength(42)
  } finally {
    directory = first
    rmSync(second, { recursive: true })
  }
})
