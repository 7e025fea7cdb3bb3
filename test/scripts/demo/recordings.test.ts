import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../../config.ts'
import { localBackoff } from '../../../market/backoff.ts'
import { createBronzeWriter } from '../../../market/bronze.ts'
import { marketStamp } from '../../../market/clock.ts'
import { ingest } from '../../../market/ingest.ts'
import { simulationStart } from '../../../market/price_process.ts'
import { simulated } from '../../../market/simulated.ts'
import { startSimulator } from '../../../market/simulator.ts'
import { runLive } from '../../../scripts/demo/live.ts'
import { capturedVenues } from '../../../scripts/demo/venues.ts'
import { openStreams } from '../../../streams/open.ts'
import { replay } from '../../../tables/replay.ts'
import { sinkRows } from '../../../tables/sink.ts'
import { at, channels, drop, products, settings, silentLog } from '../../market/simulated_market.ts'

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
    const { ingested } = await runLive({ config, streams, bronze, venues, onStep, onProgress: () => {} })
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
