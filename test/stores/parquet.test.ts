import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { featureNames } from '../../src/core/features/spec.ts'
import type { FeatureTable } from '../../src/core/features/table.ts'
import { isNeverNull } from '../../src/core/features/value_range.ts'
import { withDuckDB } from '../../src/stores/duckdb.ts'
import { readTable, writeTable } from '../../src/stores/parquet.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-'))
})

function tableOf(rows: number): FeatureTable {
  return {
    rows,
    product: Array.from({ length: rows }, (_, i) => (i < rows / 2 ? 'BTC-USD' : 'ETH-USD')),
    time: Float64Array.from({ length: rows }, (_, i) => 1_767_571_200_000_000 + i * 1e6),
    columns: Object.fromEntries(
      featureNames.map((name, j) => [
        name,
        Float64Array.from({ length: rows }, (_, i) => (i % 3 || isNeverNull(name) ? (i + j + 1) / 1e4 : Number.NaN)),
      ]),
    ),
    sigma_future: Float64Array.from({ length: rows }, (_, i) => (i % 2 ? 1e-5 * i : Number.NaN)),
    label: Float64Array.from({ length: rows }, (_, i) => [0, 1, Number.NaN][i % 3]),
  }
}

it('gives back what was written, nulls and metadata included', async () => {
  const path = join(folder, 'a.parquet')
  const table = tableOf(500)
  await writeTable(path, table, { 'spike60.digest': "it's", 'spike60.spec_version': '1' })
  const read = await readTable(path)
  expect(read.table).toEqual(table)
  expect(read.metadata).toEqual({ 'spike60.digest': "it's", 'spike60.spec_version': '1' })
})

it('writes the columns in the order and types of the design', async () => {
  const path = join(folder, 'b.parquet')
  await writeTable(path, tableOf(2), {})
  const columns = await withDuckDB(async connection => {
    const result = await connection.run(`DESCRIBE SELECT * FROM read_parquet('${path}')`)
    return (await result.getRows()).map(row => `${row[0]} ${row[1]}`)
  })
  expect(columns.slice(0, 3)).toEqual(['product VARCHAR', 'time TIMESTAMP', 'mid DOUBLE'])
  expect(columns.slice(-2)).toEqual(['sigma_future DOUBLE', 'label INTEGER'])
  expect(columns).toHaveLength(featureNames.length + 4)
})

it('says what is wrong with a file, and leaves nothing half-written', async () => {
  const garbage = join(folder, 'garbage.parquet')
  writeFileSync(garbage, 'not parquet at all')
  await expect(readTable(join(folder, 'absent.parquet'))).rejects.toMatchObject({ code: 'BAD_FILE' })
  await expect(readTable(garbage)).rejects.toMatchObject({ code: 'BAD_FILE' })
  const narrow = join(folder, 'narrow.parquet')
  const { columns, ...rest } = tableOf(3)
  await writeTable(narrow, { ...rest, columns: { mid: columns.mid } }, {})
  await expect(readTable(narrow)).rejects.toThrow(/narrow\.parquet: lacks the columns spread_bps, .*gaps_300s/)
  const blocked = join(folder, 'garbage.parquet', 'x.parquet')
  await expect(writeTable(blocked, tableOf(3), {})).rejects.toThrow()
  expect(existsSync(blocked)).toBe(false)
  expect(readdirSync(folder).filter(name => name.includes('.tmp'))).toEqual([])
})

it.each([
  ['text for numbers', 'ticks_60s::VARCHAR AS ticks_60s', /columns ticks_60s must be DOUBLE \(found VARCHAR/],
  ['a text for sigma_future', `'x' AS sigma_future`, /columns sigma_future must be DOUBLE \(found VARCHAR/],
  ['a list for a label', '[1] AS label', /columns label must be INTEGER/],
  ['a number for time', 'epoch_us(time) AS time', /columns time must be TIMESTAMP \(found BIGINT/],
  ['a number for product', '7 AS product', /columns product must be VARCHAR \(found INTEGER/],
  ['no end of time', `'infinity'::TIMESTAMP AS time`, /20 rows have no time/],
  ['no product', 'NULL::VARCHAR AS product', /20 rows have no product name/],
  ['an infinite value', `'-infinity'::DOUBLE AS mid`, /column mid holds 20 values that are infinite/],
])('refuses, in a file that another program rewrote: %s', async (_, replaced, message) => {
  const [own, other] = ['own', 'other'].map(name => join(folder, `${name}.parquet`))
  if (!existsSync(own)) await writeTable(own, tableOf(20), {})
  await withDuckDB(connection =>
    connection.run(`COPY (SELECT * REPLACE (${replaced}) FROM '${own}') TO '${other}' (FORMAT parquet)`),
  )
  await expect(readTable(other)).rejects.toMatchObject({ code: 'BAD_TABLE', message: expect.stringMatching(message) })
})

it('puts rows into the order of product and time, and refuses a file of none', async () => {
  const [own, other] = ['own', 'other'].map(name => join(folder, `${name}.parquet`))
  const copy = (select: string) =>
    withDuckDB(connection => connection.run(`COPY (SELECT * FROM '${own}' ${select}) TO '${other}' (FORMAT parquet)`))
  await copy('ORDER BY time DESC')
  expect((await readTable(other)).table).toEqual(tableOf(20))
  await copy('LIMIT 0')
  await expect(readTable(other)).rejects.toMatchObject({
    code: 'BAD_TABLE',
    faults: [expect.stringMatching(/no rows/)],
  })
})
