import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { runIngestJob } from '../../../src/jobs/ingest/run.ts'
import { countsOf, newIngestStatus } from '../../../src/jobs/ingest/status.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { simulatedAt, withProducts } from '../../fixtures/feeds.ts'
import { settings, silentLog } from '../../fixtures/simulated_market.ts'
import { expectPublished } from '../../harness/job_outputs.ts'
import { startVictim } from '../../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'held-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const heldMs = 1500

test('while another process holds the lock of the topics the socket is read on, and nothing is lost', async () => {
  const config = withProducts(readConfig(), Object.keys(settings.products))
  const path = join(folder, 'log.db')
  const streams = await openStreams(`embedded://${path}`)
  const simulator = await startSimulator({ settings, faults: [], speed: 20 })
  const stop = new AbortController()
  const status = newIngestStatus()
  const directory = join(folder, 'raw')
  const done = runIngestJob({
    ...{ config, feeds: [{ feed: simulatedAt(simulator.url, config) }], directory, streams, log: silentLog, status },
    signal: stop.signal,
  })
  try {
    await expect.poll(() => status.published.records, { timeout: 10_000 }).toBeGreaterThan(50)
    const holder = startVictim([
      '--input-type=module',
      '--eval',
      `import { DatabaseSync } from 'node:sqlite'
      const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 })
      database.exec('BEGIN IMMEDIATE')
      console.log('holds')
      setTimeout(() => database.exec('COMMIT'), ${heldMs})`,
    ])
    await expect.poll(() => holder.out(), { timeout: 10_000 }).toContain('holds')
    const [frames, published] = [countsOf(status)!.frames, status.published.records]
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    expect(await holder.wait(), holder.log()).toEqual({ code: 0, signal: null })
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(heldMs / 2)
    expect(countsOf(status)!.frames).toBeGreaterThan(frames + 20)
    await expect.poll(() => status.published.records, { timeout: 10_000 }).toBeGreaterThan(published)
    stop.abort()
    const { files } = await done
    await expectPublished(streams, config, files)
  } finally {
    stop.abort()
    await done.catch(() => {})
    await simulator.close()
    await streams.close()
  }
})
