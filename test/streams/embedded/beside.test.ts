import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, expect, test } from 'vitest'
import { openBeside } from '../../../src/streams/embedded/beside.ts'
import { startVictim } from '../../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-beside-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('while a log is written in its own thread this one is free', async () => {
  const streams = await openBeside(join(folder, 'log.db'))
  try {
    await streams.createTopics([{ name: 'topic', partitions: 1 }])
    const writer = await streams.writer('writer')
    const records = Array.from({ length: 4000 }, (_, i) => ({ topic: 'topic', key: `${i}`, value: 'x'.repeat(500) }))
    const delay = monitorEventLoopDelay({ resolution: 2 })
    delay.enable()
    const began = performance.now()
    for (let i = 0; i < 10; i++) await writer.commit({ records })
    const took = performance.now() - began
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(Math.max(took / 2, 250))
    expect(await streams.ends('topic')).toEqual([{ topic: 'topic', partition: 0, offset: 40_000 }])
  } finally {
    await streams.close()
  }
})

test('a log that is open and not used keeps no process', async () => {
  const work = `import('./src/streams/embedded/beside.ts')
    .then(({ openBeside }) => openBeside(${JSON.stringify(join(folder, 'left.db'))}))
    .then(streams => streams.createTopics([{ name: 'topic', partitions: 1 }]))`
  const left = startVictim(['--eval', work])
  expect(await left.wait(), left.log()).toEqual({ code: 0, signal: null })
})

test('a log that cannot be opened is refused as without a thread, and what is closed answers with an error', async () => {
  const path = join(folder, 'other.db')
  writeFileSync(path, 'x'.repeat(5000))
  await expect(openBeside(path)).rejects.toMatchObject({ code: 'LOG_CORRUPT', faults: [expect.stringContaining(path)] })
  const streams = await openBeside(join(folder, 'closed.db'))
  await streams.close()
  await streams.close()
  await expect(streams.ends('topic')).rejects.toThrow('the thread of the topic log has ended')
})
