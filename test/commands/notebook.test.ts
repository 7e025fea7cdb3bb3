import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { writeTable } from '../../src/stores/parquet.ts'
import { makeMarket } from '../fixtures/eda_market.ts'

const script = fileURLToPath(new URL('../../scripts/notebook.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-eda-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })

it('says which file is missing', () => {
  const { status, stderr } = run('--features', join(folder, 'none.parquet'))
  expect([status, stderr.trim().split('\n').length]).toEqual([2, 1])
  expect(stderr).toContain('none.parquet')
})

it('asks for more rows before it starts a kernel', async () => {
  const few = join(folder, 'few.parquet')
  await writeTable(few, makeMarket({ seconds: 200 }), {})
  const { status, stderr } = run('--features', few)
  expect([status, stderr.trim().split('\n').length]).toEqual([2, 1])
  expect(stderr).toContain('at least 300')
})
