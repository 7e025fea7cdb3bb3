import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeRow } from '../../src/core/features/row_json.ts'
import { featureNames } from '../../src/core/features/spec.ts'
import type { FeatureTable } from '../../src/core/features/table.ts'
import type { DriftReport } from '../../src/monitor/report/drift_report.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { openStreams } from '../../src/streams/open.ts'
import { syntheticTable } from '../fixtures/synthetic_sides.ts'

const folder = mkdtempSync(join(tmpdir(), 'drift-profile-'))
const out = join(folder, 'out')
const at = (name: string): string => join(folder, name)
const topics = `embedded://${at('streams.db')}`
const live = syntheticTable(6000, 1_700_020_000, 4, 1.4)
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const spec = { 'spike60.spec_version': '1', 'spike60.simulated': 'true' }
  await writeTable(at('train.parquet'), syntheticTable(8000, 1_700_000_000, 1), spec)
  await writeTable(at('next.parquet'), syntheticTable(4000, 1_700_009_000, 3), spec)
  const calm = syntheticTable(8000, 1_700_009_000, 1)
  calm.columns.spread_bps = calm.columns.spread_bps.map(x => x + 0.02)
  await writeTable(at('calm.parquet'), calm, spec)
  await writeTable(at('live.parquet'), live, spec)
  const empty = syntheticTable(100, 1_700_000_000, 1)
  for (const column of [...Object.values(empty.columns), empty.sigma_future, empty.label!]) column.fill(Number.NaN)
  await writeTable(at('nulls.parquet'), empty, spec)
  await writeTable(at('old.parquet'), syntheticTable(4000, 1_700_009_000, 3), { 'spike60.spec_version': '0' })
  await drift('--save-profile', at('train.profile'), '--reference', at('train.parquet'))
  await drift('--save-profile', at('next.profile'), '--reference', at('next.parquet'))
  await fillTopic(live)
})

async function fillTopic(table: FeatureTable): Promise<void> {
  const streams = await openStreams(topics)
  try {
    await streams.createTopics([{ name: 'ticks.features', partitions: 2 }])
    const writer = await streams.writer('test')
    const records = Array.from({ length: table.rows }, (_, row) => ({
      topic: 'ticks.features',
      key: 'BTC-USD',
      value: encodeRow(
        'BTC-USD',
        table.time[row],
        featureNames.map(name => table.columns[name][row]),
      ),
    }))
    await writer.commit({ records: [...records, { topic: 'ticks.features', key: 'BTC-USD', value: 'no row' }] })
    await writer.close()
  } finally {
    await streams.close()
  }
}

function drift(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = fileURLToPath(new URL('../../scripts/drift.ts', import.meta.url))
  return new Promise(done => {
    execFile(process.execPath, [script, ...args, '--out', out], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const read = (name: string): DriftReport => JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8'))

test('--profile gives the columns that --reference gives', async () => {
  await drift('--reference', at('train.parquet'), '--current', at('live.parquet'), '--name', 'from_data')
  const { code } = await drift('--profile', at('train.profile'), '--current', at('live.parquet'))
  expect(code).toBe(0)
  expect(read('live_vs_profile').columns.filter(({ name }) => name !== 'label')).toEqual(
    read('from_data').columns.filter(({ name }) => name !== 'label'),
  )
  expect(read('live_vs_profile').quality).toEqual(read('from_data').quality)
})

test('the last hour of a file and of a topic against the stored profile are one report', async () => {
  const fromFile = await drift('--profile', at('train.profile'), '--current', at('live.parquet'), '--last', '3600')
  expect(fromFile).toMatchObject({ code: 0, stderr: '' })
  const hour = read('last_vs_profile')
  expect(hour.current).toMatchObject({ rows: 3600, from: new Date((1_700_020_000 + 2400) * 1000).toISOString() })
  expect(hour.simulated).toBe(true)
  const live = ['--topics', topics, '--topic', 'ticks.features']
  const fromTopic = await drift('--profile', at('train.profile'), ...live, '--name', 'topic')
  expect(fromTopic).toMatchObject({ code: 0, stderr: expect.stringMatching(/1 records are not rows/) })
  const known = (report: DriftReport) => report.columns.filter(({ name }) => featureNames.includes(name))
  const plain = ({ scale_free: { p_adjusted: _p, ...free }, ...column }: DriftReport['columns'][number]) => ({
    ...column,
    free,
  })
  expect(known(read('topic')).map(plain)).toEqual(known(hour).map(plain))
})

test('profiles of partitions are taken together, on the fly or stored', async () => {
  const both = ['--profile', at('train.profile'), at('next.profile')]
  expect(await drift('--save-profile', at('both.profile'), ...both)).toMatchObject({ code: 0, stderr: '' })
  await drift(...both, '--current', at('live.parquet'), '--name', 'fly')
  await drift('--profile', at('both.profile'), '--current', at('live.parquet'), '--name', 'stored')
  expect(read('fly').reference.rows).toBe(12_000)
  expect(read('stored')).toEqual(read('fly'))
})

describe('thresholds per column', () => {
  const withColumns = (columns: string): string => {
    const config = readFileSync(fileURLToPath(new URL('../../config.yaml', import.meta.url)), 'utf8')
    const path = at('config.yaml')
    writeFileSync(path, config.replace(/^drift:[\s\S]*/m, `drift:\n  columns: ${columns}\n`))
    return path
  }
  const calm = ['--reference', at('train.parquet'), '--current', at('calm.parquet'), '--fail-on', 'drift']

  test('a column with its own threshold fails the report alone, and is named', async () => {
    expect(await drift(...calm)).toMatchObject({ code: 0, stderr: '' })
    const strict = withColumns('{ spread_bps: { evidently_distance: 0.01 } }')
    const { code, stderr, stdout } = await drift(...calm, '--config', strict, '--json')
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/column spread_bps drifts, which config/)])
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!).failed).toBe(true)
    expect(read('calm_vs_train').dataset.watched_columns_drifted).toEqual(['spread_bps'])
  })

  test('a column may be allowed to move further', async () => {
    const moved = ['--reference', at('train.parquet'), '--current', at('live.parquet')]
    await drift(...moved, '--config', withColumns('{ spread_bps: { distance: 99, evidently_distance: 99 } }'))
    const column = read('live_vs_train').columns.find(({ name }) => name === 'spread_bps')!
    expect([column.evidently.drifted, column.scale_free.verdict]).toEqual([false, 'stable'])
  })

  test('a column that is not there is a fault, exit 2: it would never be looked at', async () => {
    const { code, stderr } = await drift(...calm, '--config', withColumns('{ spred_bps: { distance: 0.2 } }'))
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^drift: drift\.columns\.spred_bps: is not a column of both sides.*\n$/),
    })
  })
})

describe('bad input: exit 2, one line, nothing written', () => {
  const profile = ['--profile', at('train.profile')]
  test.each<[string, string[], RegExp]>([
    ['a Parquet file as profile', ['--profile', at('train.parquet'), '--current', at('live.parquet')], /is not a ref/],
    ['rows of another spec version', [...profile, '--current', at('old.parquet')], /of spec version 0/],
    ['a profile and nothing to judge', profile, /--profile with --current or --topic/],
    ['an unknown topic', [...profile, '--topics', topics, '--topic', 'none'], /none/],
    ['no time to take the last of', [...profile, '--current', at('live.parquet'), '--last', '0'], /--last takes/],
    ['one second only', [...profile, '--current', at('live.parquet'), '--last', '1'], /holds 1 row/],
    ['profiles that overlap', ['--save-profile', at('x'), ...profile, at('train.profile')], /in one only/],
    ['nothing to save', ['--save-profile', at('x'), '--reference', at('nulls.parquet')], /holds no number/],
    ['saving with a current side', ['--save-profile', at('x'), '--current', at('live.parquet')], /nothing else/],
  ])('%s', async (_, args, fault) => {
    const before = existsSync(out) ? readdirSync(out) : []
    const { code, stdout, stderr } = await drift(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n').at(-1)).toMatch(fault)
    expect(existsSync(at('x'))).toBe(false)
    expect(existsSync(out) ? readdirSync(out) : []).toEqual(before)
  })
})
