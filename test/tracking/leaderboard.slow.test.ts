import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRuns } from '../../src/tracking/tracker.ts'
import { lacksBrowser, launchBrowser } from '../harness/browser.ts'
import { startTestMlflow, type TestMlflow } from '../harness/mlflow_server.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'

const { python, lacks } = await findPython()
const root = mkdtempSync(join(tmpdir(), 'spike60-leaderboard-'))
let mlflow: TestMlflow | undefined
beforeAll(async () => {
  if (lacks === null) mlflow = await startTestMlflow(python!)
}, 120_000)
afterAll(async () => {
  await mlflow?.remove()
  rmSync(root, { recursive: true, force: true })
})

test('the printed link shows a line a model, the best PR-AUC first, without the training above them', {
  ...needs(lacks, lacksBrowser),
  timeout: 120_000,
}, async () => {
  const base = { started_at: 1e12, ended_at: 1e12 + 1000, tags: {}, datasets: [], artifacts: [] }
  const child = (name: string, value: number) => ({
    ...{ ...base, id: name, name, parent: 'parent' },
    params: { kind: 'learned' },
    metrics: [{ key: 'test/pr_auc', value }],
  })
  const runs = [
    { ...base, id: 'parent', name: 'train all', params: {}, metrics: [] },
    child('worst', 0.1),
    child('best', 0.3),
    child('middle', 0.2),
  ]
  const { link } = await recordRuns(runs, { experiment: 'e', journal: join(root, 'mlruns'), uri: mlflow!.server.uri })
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
    await page.goto(link!)
    const names = page.getByRole('link', { name: /^(worst|best|middle|train all)$/ })
    await names.nth(2).waitFor({ timeout: 60_000 })
    expect(await names.allTextContents()).toEqual(['best', 'middle', 'worst'])
    await page.getByText('test/pr_auc').first().waitFor()
  } finally {
    await browser.close()
  }
})
