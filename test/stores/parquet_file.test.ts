import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SpikeError } from '../../src/errors.ts'
import { readSide } from '../../src/monitor/columns/read_side.ts'
import { quoted, withDuckDB } from '../../src/stores/duckdb.ts'
import { readTable } from '../../src/stores/parquet.ts'
import { checkRoom } from '../../src/stores/parquet_file.ts'
import { lacksLinux, needs } from '../harness/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-parquet-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const row = `'BTC-USD' AS product, TIMESTAMP '2026-01-05' AS time, 1::DOUBLE AS mid`

/** The file with another count of rows in its footer. */
function claimRows(file: Buffer, rows: number, claimed: number): Buffer {
  const start = file.length - 8 - file.readUInt32LE(file.length - 8)
  const [from, to] = [varint(rows), varint(claimed)]
  const footer = file.toString('latin1', start, file.length - 8).replaceAll(from, to)
  const end = Buffer.from('0000PAR1')
  end.writeUInt32LE(footer.length)
  return Buffer.concat([file.subarray(0, start), Buffer.from(footer, 'latin1'), end])
}

/** A whole number as Thrift's compact protocol writes it. */
function varint(value: number): string {
  const bytes: number[] = []
  for (let rest = 2 * value; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + (rest >= 128 ? 128 : 0))
  return String.fromCharCode(...bytes)
}

beforeAll(async () => {
  mkdirSync(at('folder.parquet'))
  writeFileSync(at('empty.parquet'), '')
  writeFileSync(at('csv.parquet'), 'product,time,mid\nBTC-USD,2026-01-05,1\n')
  writeFileSync(at('json.parquet'), '{"product":"BTC-USD"}\n')
  writeFileSync(at('gzip.parquet'), Buffer.from('1f8b0800000000000003', 'hex'))
  writeFileSync(at('arrow.parquet'), 'ARROW1\0\0')
  writeFileSync(at('encrypted.parquet'), 'PARE0000PARE')
  writeFileSync(at('binary.parquet'), Buffer.alloc(20, 0xfe))
  await withDuckDB(async connection => {
    const copy = (select: string, name: string) =>
      connection.run(`COPY (${select}) TO ${quoted(at(name))} (FORMAT parquet)`)
    await copy(`SELECT ${row}`, 'one.parquet')
    await copy(`SELECT ${row} FROM range(12345)`, 'some.parquet')
    await copy(
      `SELECT repeat('A', 30000000) AS product, TIMESTAMP '2026-01-05' AS time, 1::DOUBLE AS mid`,
      'long.parquet',
    )
    await copy(
      `SELECT 'BTC-USD' AS product, make_timestamp(1767571200000000 + i * 1000000) AS time,
       ${Array.from({ length: 20 }, (_, c) => `${c ? `c${c}` : 'mid'}`).map((name, c) => `random() + ${c} AS ${name}`)} FROM range(20000) t(i)`,
      'wide.parquet',
    )
  })
  writeFileSync(at('many.parquet'), claimRows(readFileSync(at('some.parquet')), 12_345, 100_000_000))
  const good = readFileSync(at('wide.parquet'))
  writeFileSync(at('cut.parquet'), good.subarray(0, 4000))
  const torn = Buffer.from(good)
  torn.fill(0xaa, 100, 200_000)
  writeFileSync(at('torn.parquet'), torn)
  const footed = Buffer.from(good)
  footed.writeUInt32LE(0xfffffff0, footed.length - 8)
  writeFileSync(at('footer.parquet'), footed)
  copyFileSync(at('one.parquet'), at('a[1]*.parquet'))
  mkdirSync(at('product=SOL-USD'))
  copyFileSync(at('one.parquet'), at('product=SOL-USD/f.parquet'))
})

const readers: [string, (path: string) => Promise<unknown>][] = [
  ['train, infer and reports', path => readTable(path, ['mid'])],
  ['drift', readSide],
]

describe.each(readers)('what is no Parquet file is named by what it is: %s', (_, read) => {
  test.each([
    ['none', /does not exist; name a Parquet file$/],
    ['folder', /is a folder/],
    ['empty', /is empty/],
    ['csv', /is not a Parquet file \(it seems to be text, such as CSV\)/],
    ['json', /\(it seems to be JSON\)/],
    ['gzip', /\(it seems to be gzip\)/],
    ['arrow', /\(it seems to be Arrow, or Feather\)/],
    ['encrypted', /\(it is an encrypted one\)/],
    ['binary', /\(it seems to be binary\)/],
    ['cut', /begins as a Parquet file and does not end as one/],
    ['torn', /is not a readable Parquet file \(.+\); write or copy it again/],
    ['footer', /has a footer of 4294967280 bytes, and at most 67108864 are read/],
  ])('%s.parquet', async (name, message) => {
    const path = at(`${name}.parquet`)
    const error = (await read(path).catch(error => error)) as SpikeError
    expect(error).toMatchObject({ code: 'BAD_FILE', faults: [expect.stringMatching(message)] })
    expect(error.message.startsWith(path)).toBe(true)
  })

  test('a device and a pipe are not waited for', needs(lacksLinux), async () => {
    execFileSync('mkfifo', [at('pipe')])
    for (const path of [at('pipe'), '/dev/zero'])
      await expect(read(path)).rejects.toThrow(`${path}: is a device or a pipe, not a file; name a Parquet file`)
    rmSync(at('pipe'))
  })
})

describe.each(readers)('what would not fit into memory is refused before it is read: %s', (_, read) => {
  test('a small file of a hundred million rows', async () => {
    const error = (await read(at('many.parquet')).catch(error => error)) as SpikeError
    expect(error).toMatchObject({ code: 'BAD_FILE' })
    expect(error.message).toMatch(/has 100000000 rows, and at most \d+ of 3 columns are read \(2 GB\); cut it by time/)
  })

  test('names of brackets and stars are taken as they stand, and folders give no columns', async () => {
    for (const name of ['a[1]*.parquet', 'product=SOL-USD/f.parquet'])
      await expect(read(at(name))).resolves.not.toMatchObject({ product: ['SOL-USD'] })
  })
})

test('the limit is that of numbers: rows times columns', () => {
  expect(() => checkRoom('x', 50_000_000, 5)).not.toThrow()
  expect(() => checkRoom('x', 50_000_001, 5)).toThrow(
    'x: has 50000001 rows, and at most 50000000 of 5 columns are read',
  )
})

test('a product of 30 MB is refused by its beginning', async () => {
  await expect(readTable(at('long.parquet'), ['mid'])).rejects.toThrow(/1 rows have no product name that can be/)
})
