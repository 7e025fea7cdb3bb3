import { fileURLToPath } from 'node:url'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import type { Exploration } from '../eda/explore.ts'
import { plotCosts } from '../plots/costs.ts'
import { plotCoverage } from '../plots/eda/coverage.ts'
import { plotImportance } from '../plots/importance.ts'
import { plotLifts } from '../plots/lifts.ts'
import { describePlot, renderSvg } from '../plots/plot.ts'
import { plotPrCurve } from '../plots/pr_curve.ts'
import { plotPriceStrip } from '../plots/price_strip.ts'
import { plotReliability } from '../plots/reliability.ts'
import { plotScores } from '../plots/scores.ts'
import { plotTau } from '../plots/tau_plots.ts'
import { plotThresholds } from '../plots/thresholds.ts'
import type { Strip } from '../strip.ts'
import { evaluationPage } from './evaluation_page.ts'
import { compilePdf, type Paper } from './typst.ts'

const template = fileURLToPath(new URL('./evaluation.typ', import.meta.url))

/**
 * Writes the evaluation report as a PDF: verdict and table first, then curves, calibration, threshold, tau, features, audit,
 * limits, how to reproduce. The same evaluation gives the same pages; the file appears whole or not at all.
 * @param strip test seconds for the price plot (`readStrip`); without it that plot is left out.
 * @param exploration of the same feature file (`explore`): why this tau, relations of features, coverage.
 */
export async function writeEvaluationPdf(
  path: string,
  evaluation: Evaluation,
  strip?: Strip,
  exploration?: Exploration,
): Promise<void> {
  await writeFileAtomically(path, await evaluationPdf(evaluation, strip, exploration))
}

/** The bytes of `writeEvaluationPdf`. */
export async function evaluationPdf(evaluation: Evaluation, strip?: Strip, exploration?: Exploration): Promise<Buffer> {
  return compilePdf(await evaluationPaper(evaluation, strip, exploration))
}

/** The report before it is compiled: the template, its numbers and its plots. */
export async function evaluationPaper(
  evaluation: Evaluation,
  strip?: Strip,
  exploration?: Exploration,
): Promise<Paper> {
  const { simulated, splits } = evaluation
  const strips = (strip?.products ?? []).slice(0, 2)
  const specs = {
    scores: plotScores(evaluation),
    pr_curve: plotPrCurve(evaluation),
    lifts: plotLifts(evaluation),
    reliability: Object.values(evaluation.models).some(model => model.reliability.length > 0)
      ? plotReliability(evaluation)
      : undefined,
    thresholds: plotThresholds(evaluation),
    costs: plotCosts(evaluation),
    importance: plotImportance(evaluation),
    ...Object.fromEntries(
      strips.map((product, i) => [`strip_${i}`, plotPriceStrip(product, splits.test.prevalence, simulated)]),
    ),
    ...plotTau(evaluation, exploration),
    coverage: exploration && plotCoverage(exploration.coverage, simulated),
  }
  const plots: Record<string, string> = {}
  const titles: Record<string, string> = {}
  for (const [name, spec] of Object.entries(specs)) {
    if (spec === undefined) continue
    plots[`${name}.svg`] = await renderSvg(spec)
    titles[`${name}.svg`] = describePlot(spec)
  }
  const data = evaluationPage(evaluation, titles, exploration)
  return { template, files: { 'data.json': JSON.stringify(data), ...plots } }
}
