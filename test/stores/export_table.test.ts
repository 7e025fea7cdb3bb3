import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withDuckDB } from '../../src/stores/duckdb.ts'
import { checkExportPlace, exportTable } from '../../src/stores/export_table.ts'
import { openStore } from '../../src/stores/open.ts'
import { readTable } from '../../src/stores/read_table.ts'
import { anomaliesTable, type Row, windowsTable } from '../../src/stores/tables.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'

let folder: string
let spec: string
let rows: Row[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-export-'))
  spec = `sqlite:${join(folder, 'store.db')}`
  const store = await openStore(spec, storedTopic, { holder: 'one', held: false })
  const records = storedRecords(71, 300)
  await store.write(records, after(records))
  await store.close()
  for await (const part of readTable(spec, windowsTable)) rows = rows.concat(part)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ask = (sql: string): Promise<Record<string, unknown>[]> =>
  withDuckDB(async connection => (await connection.runAndReadAll(sql)).getRowObjectsJson())

test.each(['csv', 'parquet'])(
  'a table as %s, in parts: each row once, every bit, and nothing beside it',
  async kind => {
    const path = join(folder, `windows.${kind}`)
    const before = readdirSync(folder)
    expect(rows.length).toBeGreaterThan(20)
    expect(await exportTable(path, windowsTable, readTable(spec, windowsTable, 7))).toBe(rows.length)
    expect(readdirSync(folder).sort()).toEqual([...before, `windows.${kind}`].sort())
    const from =
      kind === 'csv' ? `read_csv('${path}', types = {'volume': 'VARCHAR', 'notional': 'VARCHAR'})` : `'${path}'`
    const found = await ask(
      `SELECT * REPLACE (epoch(window_start)::BIGINT AS window_start, epoch(window_end)::BIGINT AS window_end) FROM ${from}`,
    )
    const plain = (row: Record<string, unknown>): unknown[] =>
      Object.entries(row).map(([name, value]) => {
        if (kind === 'parquet' && /^(volume|notional)$/.test(name)) return Number(value)
        return typeof value === 'number' ? value : value === null ? null : String(value)
      })
    const numbers = (row: Record<string, unknown>) => ({
      ...row,
      ...Object.fromEntries(
        ['window_start', 'window_end', 'trades', 'revision'].map(name => [name, Number(row[name])]),
      ),
    })
    expect(found.map(row => plain(numbers(row)))).toEqual(rows.map(row => plain(numbers(row))))
  },
)

test('an export may be made again over itself, of whatever table, and an empty table has its columns', async () => {
  const path = join(folder, 'again.csv')
  await exportTable(path, windowsTable, readTable(spec, windowsTable))
  await checkExportPlace(path)
  expect(await exportTable(path, anomaliesTable, readTable(spec, anomaliesTable))).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(`${Object.keys(anomaliesTable.columns).join(',')}\n`)
  await checkExportPlace(path)
  await exportTable(join(folder, 'again.parquet'), anomaliesTable, readTable(spec, anomaliesTable))
  await checkExportPlace(join(folder, 'again.parquet'))
})

test('a number that Parquet has no room for: one line, and what stood there stands', async () => {
  const path = join(folder, 'large.parquet')
  await exportTable(path, windowsTable, readTable(spec, windowsTable))
  const before = readFileSync(path)
  const large = async function* () {
    yield [{ ...rows[0], volume: '9'.repeat(30) }]
  }
  const failed = { code: 'STORE_REFUSED', faults: [expect.stringMatching(/^market_windows .* export \.csv$/)] }
  await expect(exportTable(path, windowsTable, large())).rejects.toMatchObject(failed)
  expect(readFileSync(path).equals(before)).toBe(true)
  await exportTable(join(folder, 'large.csv'), windowsTable, large())
  expect(readFileSync(join(folder, 'large.csv'), 'utf8')).toContain(`,${'9'.repeat(30)},`)
})

test.each([
  ['delta:lake', 'BAD_ARGUMENT', /not delta; its rows are Parquet already/],
  ['s3://bucket/lake', 'BAD_ARGUMENT', /not s3/],
  ['sqlite:none.db', 'BAD_FILE', /none\.db: does not exist/],
  ['sqlite:theirs.db', 'BAD_FILE', /theirs\.db: is no file of spike60's/],
])('%s is not read: one line', async (place, code, told) => {
  writeFileSync(join(folder, 'theirs.db'), 'theirs')
  const read = readTable(place.replace('sqlite:', `sqlite:${folder}/`), windowsTable).next()
  await expect(read).rejects.toMatchObject({ code, faults: [expect.stringMatching(told)] })
})

test('a name that ends otherwise is refused', async () => {
  await expect(checkExportPlace('windows.xlsx')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})
