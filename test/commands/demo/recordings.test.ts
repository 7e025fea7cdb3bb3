import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { runLive } from '../../../src/commands/demo/live.ts'
import { capturedVenues } from '../../../src/commands/demo/venues.ts'
import { readConfig } from '../../../src/config.ts'
import { simulationStart } from '../../../src/exchange/price_process.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { sinkRows } from '../../../src/jobs/featurize/sink.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { createBronzeWriter } from '../../../src/market/bronze/write.ts'
import { simulated } from '../../../src/market/feeds/simulated.ts'
import { ingest } from '../../../src/market/ingest.ts'
import { localBackoff } from '../../../src/market/socket/backoff.ts'
import { marketStamp } from '../../../src/market/socket/clock.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { at, channels, drop, products, settings, silentLog } from '../../fixtures/simulated_market.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'recordings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Bronze of a market with drops on either connection, in several files, each packed. */
async function record(name: string, redundant: boolean): Promise<string[]> {
  const faults = [[drop(60, 75, 'abrupt'), { kind: 'loss' as const, at: at(110) }], [drop(70, 90, 'close')]]
  const simulator = await startSimulator({ settings, faults, clients: redundant ? 2 : 1 })
  const bronze = createBronzeWriter({ directory: join(folder, name), feed: simulated.name, maxBytes: 500_000 })
  try {
    await ingest({
      ...{ feed: simulated, url: simulator.url, redundant, products, channels, bronze, log: silentLog },
      stamp: marketStamp(undefined, simulationStart),
      start: 'test',
      staleAfterMs: 10_000,
      backoff: localBackoff,
      acknowledgeWithinMs: 10_000,
    })
  } finally {
    bronze.close()
    await simulator.close()
  }
  return bronze.files.map(file => {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
    return `${file}.gz`
  })
}

async function live(name: string, files: string[]) {
  const bronze = join(folder, name)
  mkdirSync(bronze)
  const streams = await openStreams(`embedded://${join(folder, `${name}.db`)}`)
  const steps: string[] = []
  try {
    const venues = capturedVenues(config, files)
    const onStep = (step: string): number => steps.push(step)
    const { ingested } = await runLive({ config, streams, bronze, venues, onStep, say: () => {} })
    const out = join(folder, `${name}.parquet`)
    const { digest, rows } = await sinkRows({ streams, config, topic: config.topics.features.name, out })
    return { ingested, steps, digest, rows, bronze: globSync(join(bronze, '*.ndjson')) }
  } finally {
    await streams.close()
  }
}

test.each([
  ['two connections', true],
  ['one connection', false],
])('saved bronze of %s, live again, gives the rows of its replay', async (name, redundant) => {
  const files = await record(name, redundant)
  expect(files.length).toBeGreaterThan(2)
  const wanted = await replay({ raw: files, out: null, config })
  const run = await live(`${name} live`, files)
  expect(wanted.rows).toBeGreaterThan(600)
  expect({ digest: run.digest, rows: run.rows }).toEqual({ digest: wanted.digest, rows: wanted.rows })
  expect(await replay({ raw: run.bronze, out: null, config })).toMatchObject({
    digest: wanted.digest,
    decoded: { gaps: wanted.decoded.gaps, events: wanted.decoded.events },
  })
  expect(run.steps).toHaveLength(redundant ? 1 : 0)
  expect(run.ingested).toMatchObject([{ reconnects: redundant ? 2 : 1 }])
  if (redundant) expect(run.ingested).toMatchObject([{ frames: wanted.decoded.frames }])
})
