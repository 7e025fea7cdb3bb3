import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import type { Claim, Store } from '../../src/stores/port.ts'
import { needs } from '../harness/needs.ts'
import { lacksPostgres, startPostgres, type TestPostgres } from '../harness/postgres.ts'
import { askPostgres } from '../harness/store_engines.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'

describe('what a Postgres server refuses, and how it goes away', needs(lacksPostgres), () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())

  const claim: Claim = { holder: 'one', held: false }
  const open = (spec = server.address): Promise<Store> => openStore(spec, storedTopic, claim)
  const as = (user: string, database = 'postgres'): string => `postgres://${user}@127.0.0.1:${server.port}/${database}`

  test.each([
    ['a wrong password', () => as('keeper:wrong'), /password authentication failed .* PGPASSWORD/],
    ['no password', () => as('keeper'), /PGPASSWORD/],
    ['a database that is not there', () => server.address.replace(/postgres$/, 'nowhere'), /make it with createdb/],
  ])('%s: one line, without the login', async (_, spec, told) => {
    await expect(open(spec())).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      faults: [expect.stringMatching(told)],
    })
    await expect(open(spec())).rejects.not.toThrow(/wrong/)
  })

  test('a user who may not make tables, and one who may not fill them', async () => {
    await askPostgres(server.address, "CREATE USER poor PASSWORD 'poor'")
    await askPostgres(server.address, 'CREATE DATABASE fresh')
    const refused = { code: 'STORE_REFUSED', faults: [expect.stringMatching(/permission denied .* GRANT them/)] }
    await expect(open(as('poor:poor', 'fresh'))).rejects.toMatchObject(refused)
    await (await open()).close()
    await expect(open(as('poor:poor'))).rejects.toMatchObject(refused)
  })

  test('a table of somebody else is left alone', async () => {
    await askPostgres(server.address, 'CREATE DATABASE taken')
    const spec = server.address.replace(/postgres$/, 'taken')
    await askPostgres(spec, "CREATE TABLE market_candles AS SELECT 'precious' AS what")
    await expect(open(spec)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      faults: [expect.stringMatching(/search_path/)],
    })
    expect(await askPostgres(spec, 'SELECT * FROM market_candles')).toEqual([{ what: 'precious' }])
    expect(await askPostgres(spec, "SELECT to_regclass('market_windows') AS found")).toEqual([{ found: null }])
  })

  test('a server that crashes under a writer: it may try again, and what was committed is there once', async () => {
    await askPostgres(server.address, 'CREATE DATABASE crashed')
    const spec = server.address.replace(/postgres$/, 'crashed')
    const records = storedRecords(11, 200)
    const store = await open(spec)
    const first = records.slice(0, 100)
    await store.write(first, after(first))
    await server.crash()
    await expect(store.write(records.slice(100), after(records))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await store.close()
    await expect(open(spec)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await server.start()
    const again = await openStore(spec, storedTopic, { ...claim, held: true })
    expect(await again.position()).toEqual(after(first).sort((a, b) => a.partition - b.partition))
    expect(await again.write(first, after(first))).toEqual({ changed: 0, refused: 0 })
    await again.write(records, after(records))
    expect(await again.position()).toEqual(after(records).sort((a, b) => a.partition - b.partition))
    await again.close()
  })
})
