import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { needs } from '../harness/needs.ts'
import { lacksPostgres } from '../harness/postgres.ts'
import { letPostgresStandIn } from '../harness/redshift_on_postgres.ts'
import { redshiftOnPostgres } from '../harness/store_engines.ts'
import { after, batchesFrom, storedRecords, storedTopic } from '../harness/stored_records.ts'
import { keepsKinds } from './keeps_kinds.ts'
import { keepsRows } from './keeps_rows.ts'

describe('redshift, on Postgres', needs(lacksPostgres), keepsRows(redshiftOnPostgres()))
describe('redshift, on Postgres, of shares and news', needs(lacksPostgres), keepsKinds(redshiftOnPostgres()))

describe('redshift, on Postgres, loading from a bucket', needs(lacksPostgres), () => {
  const engine = redshiftOnPostgres()
  const objects = new Map<string, Buffer>()
  const login = { AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'not-to-be-shown' }
  let bucket: Server
  beforeAll(async () => {
    await engine.prepare()
    letPostgresStandIn(objects)
    bucket = createServer(async (request, response) => {
      objects.set(`s3:/${request.url}`, await buffer(request))
      response.end()
    })
    await once(bucket.listen(0, '127.0.0.1'), 'listening')
    const { port } = bucket.address() as AddressInfo
    for (const [name, value] of Object.entries({ ...login, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }))
      vi.stubEnv(name, value)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    bucket.close()
    await engine.cleanUp()
  })

  test('the same rows come as by INSERT, every bit', async () => {
    const found: unknown[] = []
    const records = storedRecords(61, 300)
    const from = '?copy_from=s3://bucket/some/where&iam_role=arn:aws:iam::123456789012:role/loads'
    for (const how of ['', from]) {
      const spec = await engine.fresh()
      const store = await openStore(`${spec}${how}`, storedTopic, { holder: 'one', held: false })
      const changed: number[] = []
      for (const batch of batchesFrom(records, [], 70)) changed.push((await store.write(batch, after(batch))).changed)
      await store.close()
      const order = 'ORDER BY product, window_start'
      const rows = ['windows', 'candles'].map(one => engine.ask(spec, `SELECT * FROM market_${one} ${order}`))
      found.push([
        changed,
        await Promise.all(rows),
        await engine.ask(spec, `SELECT * FROM market_windows_latest ${order}`),
      ])
    }
    expect(objects.size).toBeGreaterThan(4)
    expect(found[1]).toEqual(found[0])
  })
})
