import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { type JudgedOthers, judgeOthers } from '../../../src/jobs/train/judge_others.ts'
import { describeJudged } from '../../../src/publish/terminal/judged_files_table.ts'
import { captureOf } from '../../fixtures/ticker_capture.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-others-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function folderOf(name: string, files: Record<string, string>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  return path
}

let learnt: string
let result: JudgedOthers
beforeAll(async () => {
  learnt = folderOf('learnt', { 'a.ndjson': captureOf({ seed: 1, minutes: 30, from: '2026-03-01T10:00:00Z' }) })
  const judge = folderOf('judge', {
    'b.ndjson': captureOf({ seed: 2, minutes: 40, from: '2026-03-02T10:00:00Z' }),
    'other_product.ndjson': captureOf({ seed: 3, minutes: 40, from: '2026-03-03T10:00:00Z' }).replaceAll(
      'BTC-',
      'SOL-',
    ),
    'short.ndjson': captureOf({ seed: 4, minutes: 4, from: '2026-03-04T10:00:00Z' }),
  })
  result = await judgeOthers({ captures: [learnt], judge, config })
})

test('each file is judged by itself, beside the baselines, whatever its products are called', () => {
  expect(result.files.map(({ file }) => file)).toEqual(['b.ndjson', 'other_product.ndjson'])
  expect(Object.keys(result.files[1].tau)).toEqual(['ETH-USD', 'SOL-USD'])
  for (const { models, rows, prevalence } of result.files) {
    expect(rows).toBeGreaterThan(1000)
    expect(Object.keys(models)).toEqual(
      expect.arrayContaining(['persistence', 'persistence_300s', 'ewma_120s', result.recipe]),
    )
    for (const { pr_auc, rmse_ln_sigma } of Object.values(models)) {
      expect(pr_auc).toBeGreaterThan(prevalence / 5)
      expect(rmse_ln_sigma).toBeLessThan(5)
    }
  }
  for (const { moved, presumed_leak } of result.files) {
    expect(moved.pr_auc).toBeGreaterThan(0)
    expect(presumed_leak).toBe(false)
  }
  expect(result.left_out).toEqual([{ file: 'short.ndjson', why: expect.stringMatching(/at least 300/) }])
  expect(result.pooled.models[result.recipe].pr_auc_ratio).toMatchObject({ value: expect.any(Number) })
})

test('the table has a number in each cell, and says when data was looked at before', () => {
  const text = describeJudged({ ...result, simulated: true }, { look: 2 })
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/)
  expect(text).toMatch(/SIMULATED DATA/)
  expect(text).toMatch(/Look 2 at these files/)
  expect(text).not.toMatch(/LEAK/)
  const leaking = { ...result, files: [{ ...result.files[0], presumed_leak: true }] }
  expect(describeJudged(leaking, { look: 1 })).toMatch(/PRESUMED A LEAK/)
  expect(describeJudged(result, { look: 1 })).not.toMatch(/Look/)
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120)
})

test('seconds that were learnt from are not judged, under whatever name their file goes', async () => {
  const again = folderOf('again', { 'z.ndjson': captureOf({ seed: 1, minutes: 20, from: '2026-03-01T10:00:00Z' }) })
  await expect(judgeOthers({ captures: [learnt], judge: again, config })).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringMatching(/z\.ndjson holds seconds.*a\.ndjson/),
  })
})
