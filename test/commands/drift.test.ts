import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DriftReport } from '../../src/monitor/report/drift_report.ts'
import { writeDriftReport } from '../../src/monitor/write_drift_report.ts'
import { quoted, withDuckDB } from '../../src/stores/duckdb.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { syntheticTable } from '../fixtures/synthetic_sides.ts'
import { startVictim } from '../harness/victim.ts'

const folder = mkdtempSync(join(tmpdir(), 'drift-'))
const out = join(folder, 'out')
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const [train, test] = [syntheticTable(5000, 1_700_000_000, 1), syntheticTable(5000, 1_700_010_000, 2, 1.4)]
  await writeTable(at('train.parquet'), train, { 'spike60.simulated': 'true' })
  test.columns.imbalance = test.columns.imbalance.map(() => 0.5)
  test.columns.coverage_60s = test.columns.coverage_60s.map(() => 1.5)
  await writeTable(at('test.parquet'), test, {})
  await writeTable(at('again.parquet'), syntheticTable(5000, 1_700_010_000, 3), {})
  mkdirSync(at('model'))
  writeFileSync(at('model/model.json'), JSON.stringify({ inputs: ['spread_bps'], tau: { 'BTC-USD': 4 } }))
  writeFileSync(at('not.parquet'), 'no parquet')
  await withDuckDB(async connection => {
    const copy = (select: string, name: string) =>
      connection.run(`COPY (${select}) TO ${quoted(at(name))} (FORMAT parquet)`)
    const from = `FROM read_parquet(${quoted(at('test.parquet'))})`
    await copy(`SELECT * ${from} LIMIT 0`, 'empty.parquet')
    await copy(`SELECT * ${from} LIMIT 1`, 'one.parquet')
    await copy(`SELECT * REPLACE (spread_bps::VARCHAR AS spread_bps, 'inf'::DOUBLE AS mid) ${from}`, 'text.parquet')
    await copy(`SELECT time, mid AS other ${from}`, 'other.parquet')
    await copy(`SELECT product, time, NULL::DOUBLE AS mid ${from}`, 'nulls.parquet')
  })
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function drift(...args: string[]): Promise<Ended> {
  const script = fileURLToPath(new URL('../../scripts/drift.ts', import.meta.url))
  return new Promise(done => {
    execFile(process.execPath, [script, ...args, '--out', out], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const between = (reference: string, current: string): string[] => [
  '--reference',
  at(reference),
  '--current',
  at(current),
]

test('writes HTML and JSON, says which verdict found what, and prints one JSON line last', async () => {
  const { code, stdout } = await drift(...between('train.parquet', 'test.parquet'), '--model', at('model'), '--json')
  expect(code).toBe(0)
  const last = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect(last).toMatchObject({ simulated: true, files: { json: join(out, 'test_vs_train.json') } })
  const report = JSON.parse(readFileSync(last.files.json, 'utf8')) as DriftReport
  expect(report).toMatchObject({ format: 'spike60-drift', version: 1, simulated: true })
  const column = (name: string) => report.columns.find(found => found.name === name)!

  expect(column('return_1s').evidently).toMatchObject({ drifted: false, note: expect.stringMatching(/hidden/) })
  expect(column('return_1s').scale_free.verdict).toBe('drifted')
  expect(column('spread_bps')).toMatchObject({ used_by_model: true, scale_free: { drifted: true } })
  expect(column('spread_bps').shift).toMatch(/middle up by 1\.\d spreads .*1\.\d times as wide/)
  expect(report.dataset.model_columns_drifted).toEqual(['spread_bps'])
  expect(report.quality.faults).toContain('current: 5000 values of coverage_60s are outside 0 to 1')
  expect(report.quality.remarks).toContain('imbalance has become constant')
  expect(report.quality.label).toMatchObject({ source: 'label', tau: { 'BTC-USD': 4 } })
  expect(readFileSync(last.files.html, 'utf8')).toMatch(/Simulated data/)
})

test('the same input gives the same bytes', async () => {
  const read = () => readFileSync(join(out, 'twice.html'), 'utf8') + readFileSync(join(out, 'twice.json'), 'utf8')
  await drift(...between('train.parquet', 'test.parquet'), '--name', 'twice')
  const first = read()
  await drift(...between('train.parquet', 'test.parquet'), '--name', 'twice')
  expect(read()).toBe(first)
})

test('a kill between the page and its JSON: the next run puts both in their places', async () => {
  const pair = ['--name', 'pair'] as const
  await drift(...between('train.parquet', 'test.parquet'), ...pair)
  const isOf = (side: string): boolean[] =>
    ['html', 'json'].map(end => {
      const path = join(out, `pair.${end}`)
      return existsSync(path) && readFileSync(path, 'utf8').includes(side)
    })
  const dying = startVictim([
    '--import',
    `data:text/javascript,import fs from 'node:fs';import { syncBuiltinESMExports } from 'node:module';const { renameSync } = fs;fs.renameSync = (a, b) => b.endsWith('pair.html') ? process.kill(process.pid, 'SIGKILL') : renameSync(a, b);syncBuiltinESMExports()`,
    fileURLToPath(new URL('../../scripts/drift.ts', import.meta.url)),
    ...between('train.parquet', 'again.parquet'),
    ...pair,
    '--out',
    out,
  ])
  expect(await dying.wait()).toMatchObject({ signal: 'SIGKILL' })
  expect(isOf('again.parquet')).toEqual([false, true])
  expect(readdirSync(out)).toContain('pair.replacing')
  const source = { reference: at('train.parquet'), current: at('one.parquet') }
  await expect(writeDriftReport({ source, out, name: 'pair' })).rejects.toThrow(/holds 1 row/)
  expect(readdirSync(out)).toContain('pair.replacing')
  await writeDriftReport({ source: { ...source, current: at('test.parquet') }, out, name: 'pair' })
  expect(isOf('test.parquet')).toEqual([true, true])
  expect(
    readdirSync(out)
      .filter(name => name.startsWith('pair'))
      .sort(),
  ).toEqual(['pair.html', 'pair.json'])
})

test('early against late half of one file', async () => {
  const { code } = await drift('--features', at('again.parquet'), '--early-late')
  expect(code).toBe(0)
  const report = JSON.parse(readFileSync(join(out, 'early_vs_late.json'), 'utf8')) as DriftReport
  expect([report.reference.rows, report.current.rows]).toEqual([2500, 2500])
  expect(report.dataset.scale_free.count).toBe(0)
})

test('--fail-on drift and quality: exit 1, one line, the report is there', async () => {
  for (const [what, words] of [
    ['drift', /the data drift/],
    ['quality', /data quality has/],
  ] as const) {
    const ended = await drift(
      ...between('train.parquet', 'test.parquet'),
      '--fail-on',
      what,
      '--name',
      `failed_${what}`,
    )
    expect(ended.code).toBe(1)
    expect(ended.stderr.trim().split('\n')).toEqual([expect.stringMatching(words)])
    expect(existsSync(join(out, `failed_${what}.html`))).toBe(true)
  }
  const calm = await drift(...between('train.parquet', 'train.parquet'), '--fail-on', 'drift')
  expect(calm).toMatchObject({ code: 0, stderr: '' })
})

describe('bad input: every fault named, no report', () => {
  const written = (): string[] => (existsSync(out) ? readdirSync(out) : [])

  test.each([
    ['a missing file', 'none.parquet', 'test.parquet', 'BAD_FILE', [/does not exist/]],
    [
      'no Parquet',
      'train.parquet',
      'not.parquet',
      'BAD_FILE',
      [/is not a Parquet file \(it seems to be text, such as CSV\)/],
    ],
    ['an empty side', 'train.parquet', 'empty.parquet', 'BAD_TABLE', [/holds no rows/]],
    ['one row', 'train.parquet', 'one.parquet', 'BAD_TABLE', [/holds 1 row/]],
    [
      'text and infinities',
      'train.parquet',
      'text.parquet',
      'BAD_TABLE',
      [/mid holds 5000 infinite values, the first at BTC-USD 2023-11-15T01:00:00.000Z; write/, /spread_bps is VARCHAR/],
    ],
    ['no common columns', 'train.parquet', 'other.parquet', 'BAD_TABLE', [/no numeric column in common/]],
    ['nothing but nulls', 'train.parquet', 'nulls.parquet', 'BAD_TABLE', [/nothing but nulls/]],
  ] as const)('%s', async (_, reference, current, code, faults) => {
    const files = written()
    const source = { reference: at(reference), current: at(current) }
    await expect(writeDriftReport({ source, out, name: 'bad' })).rejects.toMatchObject({
      code,
      faults: faults.map(fault => expect.stringMatching(fault)),
    })
    expect(written()).toEqual(files)
  })

  test.each([
    ['text and infinities', between('train.parquet', 'text.parquet'), [/infinite/, /spread_bps is VARCHAR/]],
    ['one side only', ['--reference', 'x'], [/name either --reference and --current/]],
    ['an unknown --fail-on', [...between('train.parquet', 'test.parquet'), '--fail-on', 'rain'], [/drift or quality/]],
    ['a name that is a path', [...between('train.parquet', 'test.parquet'), '--name', '../x'], [/--name takes/]],
    ['a model that is none', [...between('train.parquet', 'test.parquet'), '--model', 'nowhere'], [/model\.json/]],
  ])('the command: %s is exit 2, a line a fault', async (_, args, faults) => {
    const files = written()
    const { code, stdout, stderr } = await drift(...args)
    expect(stderr.trim().split('\n')).toEqual(faults.map(fault => expect.stringMatching(fault)))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(written()).toEqual(files)
  })
})
