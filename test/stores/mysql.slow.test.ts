import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { askMysql, lacksMariadb, startMariadb, type TestMariadb } from '../harness/mariadb.ts'
import { needs } from '../harness/needs.ts'
import { mysql } from '../harness/store_engines.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'
import { keepsKinds } from './keeps_kinds.ts'
import { keepsRows } from './keeps_rows.ts'

describe('mysql', needs(lacksMariadb), keepsRows(mysql()))
describe('mysql, of shares and news', needs(lacksMariadb), keepsKinds(mysql()))

describe('what a MariaDB server refuses', needs(lacksMariadb), () => {
  let server: TestMariadb
  beforeAll(async () => {
    server = await startMariadb()
    await askMysql(server.address, `CREATE USER poor@'%' IDENTIFIED BY 'poor'`)
    await askMysql(server.address, 'CREATE DATABASE taken')
    await askMysql(server.address, `GRANT SELECT ON taken.* TO poor@'%'`)
  })
  afterAll(() => server.remove())
  const open = (user: string, database: string) =>
    openStore(`mysql://${user}@127.0.0.1:${new URL(server.address).port}/${database}`, storedTopic, {
      ...{ holder: 'one', held: false },
    })

  test.each([
    ['poor:wrong', 'taken', /set MYSQL_PWD/],
    ['poor:poor', 'taken', /GRANT them/],
    ['poor:poor', 'mysql', /GRANT it/],
    ['root', 'nowhere', /make it with CREATE DATABASE/],
  ])('%s on %s: one line, without the password', async (user, database, told) => {
    const fault = await open(user, database).catch(error => error)
    expect(fault).toMatchObject({ code: 'STORE_REFUSED', faults: [expect.stringMatching(told)] })
    expect(fault.message).not.toContain('wrong')
  })

  test('the view for Tableau has numbers: the newest window of each product', async () => {
    await askMysql(server.address, 'CREATE DATABASE shown')
    const store = await open('root', 'shown')
    const records = storedRecords(61, 200)
    await store.write(records, after(records))
    await store.close()
    const spec = server.address.replace(/mysql$/, 'shown')
    const rows = await askMysql(spec, 'SELECT product, window_start FROM market_windows_latest ORDER BY product')
    expect(rows).toEqual(
      await askMysql(
        spec,
        'SELECT product, max(window_start) AS window_start FROM market_windows GROUP BY product ORDER BY product',
      ),
    )
    const kinds = await askMysql(
      spec,
      `SELECT data_type AS kind FROM information_schema.columns WHERE table_schema = 'shown' AND table_name = 'market_windows_latest' AND column_name = 'notional'`,
    )
    expect(kinds).toEqual([{ kind: 'decimal' }])
  })
})
