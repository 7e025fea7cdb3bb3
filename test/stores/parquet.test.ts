import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { featureNames } from '../../src/core/features/spec.ts'
import type { FeatureTable } from '../../src/core/features/table.ts'
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
        Float64Array.from({ length: rows }, (_, i) => (i % 3 ? i / 7 + j : Number.NaN)),
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
  expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
})
