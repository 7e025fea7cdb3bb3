import { dirname, join } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../models/evaluation.ts'
import type { Exploration } from '../../publish/eda/explore.ts'
import { evaluationPaper, evaluationPdf } from '../../publish/evaluation_pdf.ts'
import { fontFolder } from '../../publish/plot.ts'
import { exampleEvaluation, exampleExploration, exampleStrip, tauOf } from './example.ts'

/** The words of each page of the report, read back from what the compiler laid out. */
async function readPages(evaluation: Evaluation, exploration?: Exploration): Promise<string[]> {
  const { template, files } = await evaluationPaper(evaluation, exampleStrip(), exploration)
  const compiler = NodeCompiler.create({ workspace: dirname(template), fontArgs: [{ fontPaths: [fontFolder] }] })
  for (const [name, text] of Object.entries(files)) compiler.mapShadow(join(dirname(template), name), Buffer.from(text))
  const svg = compiler.svg({ mainFilePath: template })
  return svg
    .split('class="typst-page"')
    .slice(1)
    .map(page => [...page.matchAll(/class="tsel"[^>]*>([^<]*)</g)].map(match => match[1]).join(' '))
}

describe('evaluation report', () => {
  it('has the same bytes twice in a process, and no date', async () => {
    const first = await evaluationPdf(exampleEvaluation(), exampleStrip())
    expect((await evaluationPdf(exampleEvaluation(), exampleStrip())).equals(first)).toBe(true)
    expect(first.subarray(0, 5).toString()).toBe('%PDF-')
    expect(first.includes('CreationDate')).toBe(false)
  })

  it('says simulated on every page of a simulated run, and on none of a market run', async () => {
    const pages = await readPages(exampleEvaluation())
    expect(pages.length).toBeGreaterThanOrEqual(3)
    expect(pages.length).toBeLessThanOrEqual(6)
    for (const page of pages) expect(page).toContain('Simulated data')
    for (const page of await readPages(exampleEvaluation({ simulated: false }))) expect(page).not.toContain('Simulated')
  })

  it('is understood from page one: verdict, every model with interval and prevalence, splits', async () => {
    const [first] = await readPages(exampleEvaluation())
    for (const words of [
      'not proof',
      'Persistence',
      'z-score rule',
      'Logistic regression',
      '0.229 to 0.417',
      '0.104',
      '2026-01-05 03:11:51',
    ])
      expect(first).toContain(words)
  })

  it('has six to eight pages with nine models and an exploration, the splits still on page one', async () => {
    const exploration = exampleExploration()
    const evaluation = exampleEvaluation({ tau: tauOf(exploration) })
    for (const name of ['persistence_300s', 'ewma_120s']) evaluation.models[name] = evaluation.models.persistence
    for (const name of ['har', 'ridge', 'boosting', 'average']) evaluation.models[name] = evaluation.models.logistic
    const pages = await readPages(evaluation, exploration)
    expect(pages.length).toBeGreaterThanOrEqual(6)
    expect(pages.length).toBeLessThanOrEqual(8)
    expect(pages[0]).toContain('2026-01-05 03:11:51')
    const text = pages.join(' ')
    for (const words of ['P85', 'P95', 'episodes to learn from', 'tau without one block', 'Rank correlations'])
      expect(text).toContain(words)
    for (const page of pages) expect(page).toContain('Simulated data')
  })

  it('prints digest, config hash and the failed check', async () => {
    const audit = {
      passed: false,
      checks: [{ name: 'spans', verdict: 'failed' as const, detail: 'a train label reaches test' }],
    }
    const text = (await readPages(exampleEvaluation({ audit }))).join(' ')
    for (const words of ['60'.repeat(32), 'c0ffee00c0ffee00', 'a train label reaches test', 'failed'])
      expect(text).toContain(words)
  })

  it('prints a degenerate test segment, undefined metrics as dashes with their reason', async () => {
    const evaluation = exampleEvaluation()
    evaluation.splits.test.degenerate = '3 positives, 1 episode'
    for (const model of Object.values(evaluation.models)) {
      Object.assign(model.test, { pr_auc: null, pr_auc_low: null, pr_auc_high: null, roc_auc: null })
      model.test.degenerate = { pr_auc: 'one class only' }
      model.curve = []
      model.reliability = []
    }
    const text = (await readPages(evaluation)).join(' ')
    expect(text).toContain('3 positives, 1 episode')
    expect(text).toContain('one class only')
    expect(text).not.toMatch(/NaN|null/)
  })

  it('takes one product and no strip', async () => {
    const evaluation = exampleEvaluation({ tau: { 'BTC-USD': 0.00007 } })
    evaluation.sigma_percentiles = evaluation.sigma_percentiles.filter(point => point.product === 'BTC-USD')
    expect((await evaluationPdf(evaluation)).length).toBeGreaterThan(20_000)
  })
})
