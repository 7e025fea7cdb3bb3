import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SpikeError } from '../../../src/errors.ts'
import { readFeatures } from '../../../src/publish/eda/read_features.ts'
import { bytesToTable, errorToBytes, tableToBytes } from '../../../src/publish/eda/table_bytes.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { makeMarket } from '../../fixtures/eda_market.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-eda-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a table between processes', () => {
  it('arrives bit for bit', () => {
    const table = makeMarket({ products: ['BTC-USD', 'ETH-USD'], seconds: 500 })
    table.columns.mid[3] = -0
    const there = bytesToTable(tableToBytes(table, { 'spike60.simulated': 'true' }))
    expect(there).toEqual({ table, metadata: { 'spike60.simulated': 'true' } })
    expect(Object.is(there.table.columns.mid[3], -0)).toBe(true)
  })

  it('is empty when it was empty', () => {
    const table = makeMarket({ seconds: 0 })
    expect(bytesToTable(tableToBytes(table, {})).table).toEqual(table)
  })

  it('carries a fault instead', () => {
    const fault = new SpikeError('BAD_TABLE', ['a', 'b'])
    expect(() => bytesToTable(errorToBytes(fault))).toThrow(fault)
  })

  it('comes from a Parquet file through a process of its own', async () => {
    const path = join(folder, 'features.parquet')
    const table = makeMarket({ seconds: 400 })
    await writeTable(path, table, { 'spike60.digest': 'abc' })
    expect(await readFeatures(path)).toEqual({ table, metadata: { 'spike60.digest': 'abc' } })
  })

  it('names the file that is not there', async () => {
    const path = join(folder, 'none.parquet')
    expect(existsSync(path)).toBe(false)
    await expect(readFeatures(path)).rejects.toMatchObject({ code: 'BAD_FILE', message: expect.stringContaining(path) })
  })
})
