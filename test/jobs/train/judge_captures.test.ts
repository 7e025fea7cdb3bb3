import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { judgeCaptures } from '../../../src/jobs/train/judge_captures.ts'
import { describeCaptures } from '../../../src/publish/terminal/captures_table.ts'
import { captureOf } from '../../fixtures/ticker_capture.ts'

const base = readConfig()
const config = {
  ...base,
  models: { ...base.models, bootstrap_samples: 100, trees: { ...base.models.trees, rounds: 5, least_rows: 50 } },
}
const folder = mkdtempSync(join(tmpdir(), 'spike60-full-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function folderOf(name: string, files: Record<string, string>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  return path
}

const judge = (captures: string, percentiles = [90]) => judgeCaptures({ captures, percentiles, config })

describe('days that nobody has seen', () => {
  let captures: string
  beforeAll(() => {
    captures = folderOf('days', {
      'over_midnight.ndjson': captureOf({ seed: 1, minutes: 40, from: '2026-03-01T23:40:00Z' }),
      'later.ndjson': captureOf({ seed: 2, minutes: 30, from: '2026-03-04T10:00:00Z', still: ['ETH-USD'] }),
      'broken.ndjson': '{"channel":\n',
      'readme.txt': 'not a capture',
    })
  })

  test('are judged a day, what cannot be used is named, and no cell of the table is NaN', async () => {
    const result = await judge(captures, [90, 75])
    expect(result.files.map(({ group }) => group)).toEqual(['2026-03-01', '2026-03-04'])
    expect(result.left_out).toEqual([{ file: 'broken.ndjson', why: expect.stringMatching(/^has no usable line of 1/) }])
    expect(result.reports.map(({ percentile }) => percentile)).toEqual([90, 75])
    const [report] = result.reports
    expect(new Set(report.folds.map(({ group }) => group))).toEqual(new Set(['2026-03-01', '2026-03-04']))
    for (const { group, tau } of report.folds)
      expect(Object.keys(tau)).toEqual(group === '2026-03-01' ? ['BTC-USD', 'ETH-USD'] : ['BTC-USD'])
    expect(report.skipped.map(({ why }) => why)).toContainEqual(expect.stringMatching(/ETH-USD stood still/))
    const text = describeCaptures(result)
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/)
    for (const line of text.split('\n').filter(line => !/^(left out|not judged): /.test(line)))
      expect(line.length, line).toBeLessThanOrEqual(120)
  })
})

test('a day on whose folds too many rows would be trained gets longer blocks, and is named', async () => {
  const long = folderOf('long', { 'a.ndjson': captureOf({ seed: 6, minutes: 60, from: '2026-03-01T10:00:00Z' }) })
  const of = (most_rows: number) =>
    judgeCaptures({
      captures: long,
      percentiles: [90],
      config: { ...config, walk_forward: { ...config.walk_forward, block_s: 600, most_rows } },
    })
  const [usual, fewer, fewest] = await Promise.all([of(1_000_000), of(10_000), of(1)])
  expect(usual.longer_blocks).toEqual([])
  expect(fewer.longer_blocks).toEqual([{ group: '2026-03-01', block_s: expect.any(Number) }])
  expect(fewer.reports[0].folds.length).toBeLessThan(usual.reports[0].folds.length)
  expect(fewer.reports[0].rows).toBe(usual.reports[0].rows)
  expect(describeCaptures(fewer)).toMatch(/2026-03-01: blocks of (20|40|80) minutes, so that it trains/)
  expect(fewest.reports[0].folds).toHaveLength(1)
  expect(describeCaptures(fewest)).toMatch(/2026-03-01: one block, so that it trains/)
})

test('a quarter of an hour of one product is judged if it can be; three minutes are refused with the number needed', async () => {
  const one = folderOf('one', { 'a.ndjson': captureOf({ seed: 3, minutes: 20, from: '2026-03-01T10:00:00Z' }) })
  const result = await judge(one)
  expect(result.reports[0].folds).toHaveLength(1)
  expect(describeCaptures(result)).not.toMatch(/NaN|undefined|Infinity/)
  const short = folderOf('short', { 'a.ndjson': captureOf({ seed: 4, minutes: 3, from: '2026-03-01T10:00:00Z' }) })
  await expect(judge(short)).rejects.toMatchObject({
    code: 'TOO_FEW_ROWS',
    message: expect.stringMatching(/at least 300/),
  })
})

test('a market that stands still and a folder without captures are refused', async () => {
  const products = Object.keys(config.simulator.products)
  const still = folderOf('still', {
    'a.ndjson': captureOf({ seed: 5, minutes: 15, from: '2026-03-01T10:00:00Z', still: products }),
  })
  await expect(judge(still)).rejects.toMatchObject({
    code: 'TOO_FEW_ROWS',
    message: expect.stringMatching(/stood still/),
  })
  await expect(judge(folderOf('empty', {}))).rejects.toMatchObject({ code: 'BAD_FILE' })
  await expect(judge(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'BAD_FILE' })
})
