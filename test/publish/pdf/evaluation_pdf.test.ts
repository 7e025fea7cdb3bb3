import { dirname, join } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../../src/core/models/judge/evaluation.ts'
import type { Exploration } from '../../../src/publish/eda/explore.ts'
import { evaluationPaper, evaluationPdf } from '../../../src/publish/pdf/evaluation_pdf.ts'
import { compileFirstPage } from '../../../src/publish/pdf/typst.ts'
import { fontFolder } from '../../../src/publish/plots/plot.ts'
import { exampleEvaluation, exampleExploration, exampleStrip, tauOf } from '../../fixtures/example_evaluation.ts'
import { walkedEvaluation } from '../../fixtures/walked_evaluation.ts'

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

  it('is tagged, and says in words what each plot shows', async () => {
    const text = (await evaluationPdf(walkedEvaluation(), exampleStrip())).toString('latin1')
    expect(text).toContain('/StructTreeRoot')
    expect(text).toContain('/Lang')
    const figures = text.match(/\/S \/Figure\b/g)?.length ?? 0
    expect(figures).toBeGreaterThan(5)
    expect(text.match(/\/Alt\b/g)).toHaveLength(figures)
  })

  it('has a picture of its first page with every letter of the plot on it', async () => {
    const svg = compileFirstPage(await evaluationPaper(exampleEvaluation(), exampleStrip()))
    expect(svg).not.toContain('<image')
    expect(svg).toContain('PR-AUC (average precision)')
  })

  it('says simulated on every page of a simulated run, and on none of a market run', async () => {
    const pages = await readPages(exampleEvaluation())
    expect(pages.length).toBeGreaterThanOrEqual(3)
    expect(pages.length).toBeLessThanOrEqual(8)
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

  it('has six to eight pages with everything that a training adds, the splits still on page one', async () => {
    const exploration = exampleExploration()
    const evaluation = walkedEvaluation({ tau: tauOf(exploration) })
    for (const name of ['har', 'ridge', 'boosting'])
      for (const { models } of [evaluation, evaluation.splits.validation, evaluation.splits.test])
        Object.assign(models, { [name]: { ...models.logistic, name } })
    const pages = await readPages(evaluation, exploration)
    expect(pages.length).toBeGreaterThanOrEqual(6)
    expect(pages.length).toBeLessThanOrEqual(8)
    expect(pages[0]).toContain('2026-01-05 03:11:51')
    expect(pages[0]).toContain('it warns of 19 of 26 onsets')
    const text = pages.join(' ')
    for (const words of [
      '0.137 to 0.315',
      'Boosted trees on labels',
      'Within 10 %',
      '19 of 26',
      'A random smooth score',
      'mark_15m_ahead',
      'Parts with fewer than 30 spikes left out: 1',
      'P85',
      'episodes to learn from',
      'tau without one block',
    ])
      expect(text).toContain(words)
    expect(text).not.toMatch(/NaN|null|undefined/)
    for (const page of pages) expect(page).toContain('Simulated data')
  })

  it('stays within eight pages for a file of many blocks, days and hours', async () => {
    const evaluation = walkedEvaluation()
    const report = evaluation.walk_forward!
    report.folds = Array.from({ length: 60 }, () => report.folds[0])
    const hours = Array.from({ length: 24 }, (_, i) => ({ ...report.slices[0], by: 'hour' as const, name: String(i) }))
    report.slices = [...report.slices, ...hours]
    const pages = await readPages(evaluation, exampleExploration())
    expect(pages.length).toBeLessThanOrEqual(8)
    expect(pages.join(' ')).toContain('12 of 60 blocks, evenly spaced')
  })

  it('says why there is no walk-forward', async () => {
    const pages = await readPages(walkedEvaluation({ walk_forward: null, walk_forward_missing: '215 labelled rows' }))
    expect(pages.join(' ')).toContain('There is none: 215 labelled rows.')
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
      const judged = evaluation.splits.test.models[model.name]
      Object.assign(judged, { pr_auc: null, pr_auc_low: null, pr_auc_high: null, roc_auc: null })
      judged.degenerate = { pr_auc: 'one class only' }
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
