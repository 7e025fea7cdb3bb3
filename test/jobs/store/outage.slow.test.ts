import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { newStoreResult, runStore } from '../../../src/jobs/store/run.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { needs } from '../../harness/needs.ts'
import { lacksPostgres, startPostgres } from '../../harness/postgres.ts'
import { askPostgres } from '../../harness/store_engines.ts'
import { storedRecords, storedTopic } from '../../harness/stored_records.ts'

/** SPIKE60_OUTAGE_S=60 for the long drill of docs/stores.md. */
const awaySeconds = Number(process.env.SPIKE60_OUTAGE_S ?? 6)
const recordsAtOnce = 500
/** All of a topic that came meanwhile would be more. */
const mostGrowthMib = 150

test('a server that is away under load: nothing piles up in memory, and all of it is there once afterwards', {
  ...needs(lacksPostgres),
  timeout: 300_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-outage-'))
  const { name: topic, partitions } = storedTopic
  const streams = await openStreams(`embedded://${join(folder, 'streams.db')}`)
  const server = await startPostgres()
  try {
    await streams.createTopics([{ name: topic, partitions }])
    const writer = await streams.writer('publisher')
    const records = storedRecords(71, recordsAtOnce).map(({ key, value }) => ({ topic, key, value }))
    let written = 0
    const publish = async (): Promise<void> => {
      await writer.commit({ records })
      written += records.length
    }
    const [result, finish] = [newStoreResult(), new AbortController()]
    let away = 0
    const log = pino(
      { level: 'warn' },
      {
        write(line) {
          if (JSON.parse(line).code === 'STORE_UNAVAILABLE') away++
        },
      },
    )
    const job = { streams, topic, store: server.address, status: newJobStatus(), result, log, finish: finish.signal }
    const running = runStore(job)
    while (result.records === 0) {
      await publish()
      await delay(20)
    }
    await server.crash()
    const before = process.memoryUsage().rss
    const end = performance.now() + 1000 * awaySeconds
    let most = 0
    const stored = result.records
    while (performance.now() < end) {
      await publish()
      most = Math.max(most, process.memoryUsage().rss - before)
      await delay(50)
    }
    expect(away).toBeGreaterThan(2)
    expect(result.records - stored).toBeLessThan(recordsAtOnce * 10)
    await server.start()
    finish.abort()
    await running
    expect(result.positions).toEqual(await streams.ends(topic))
    const [{ n }] = await askPostgres(server.address, 'SELECT sum(next_offset)::bigint AS n FROM store_positions')
    expect(n).toBe(written)
    const keys = 'SELECT count(*) AS n FROM (SELECT DISTINCT product, window_start, window_end FROM market_windows) one'
    expect(await askPostgres(server.address, 'SELECT count(*) AS n FROM market_windows')).toEqual(
      await askPostgres(server.address, keys),
    )
    expect(most / 2 ** 20).toBeLessThan(mostGrowthMib)
    if (awaySeconds > 30) console.log({ written, away, mostMib: most / 2 ** 20, records: result.records })
    await writer.close()
  } finally {
    await streams.close()
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
})
