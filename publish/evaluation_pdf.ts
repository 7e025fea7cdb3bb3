import { fileURLToPath } from 'node:url'
import { writeFileAtomically } from '../atomic.ts'
import type { Evaluation, ModelResult, Segment } from '../models/evaluation.ts'
import { basisPoints, count, interval, percent, score, utc } from './numbers.ts'
import { renderSvg } from './plot.ts'
import { plotPrCurve } from './plots/pr_curve.ts'
import { plotPriceStrip } from './plots/price_strip.ts'
import { plotReliability } from './plots/reliability.ts'
import { plotScores } from './plots/scores.ts'
import { plotSigmaPercentiles } from './plots/sigma_percentiles.ts'
import type { Strip } from './strip.ts'
import { compilePdf, type Paper } from './typst.ts'
import { giveVerdict } from './verdict.ts'

const template = fileURLToPath(new URL('./evaluation.typ', import.meta.url))

/**
 * Writes the evaluation report as a PDF: verdict and table first, then curves, calibration, threshold, tau, splits,
 * audit, limits, how to reproduce. The same evaluation gives the same bytes; the file appears whole or not at all.
 * @param strip test seconds for the price plot (`readStrip`); without it that plot is left out.
 */
export async function writeEvaluationPdf(path: string, evaluation: Evaluation, strip?: Strip): Promise<void> {
  await writeFileAtomically(path, await evaluationPdf(evaluation, strip))
}

/** The bytes of `writeEvaluationPdf`. */
export async function evaluationPdf(evaluation: Evaluation, strip?: Strip): Promise<Buffer> {
  return compilePdf(await evaluationPaper(evaluation, strip))
}

/** The report before it is compiled: the template, its numbers and its plots. */
export async function evaluationPaper(evaluation: Evaluation, strip?: Strip): Promise<Paper> {
  const plots: Record<string, string> = {
    'scores.svg': await renderSvg(plotScores(evaluation)),
    'pr_curve.svg': await renderSvg(plotPrCurve(evaluation)),
    'sigma_percentiles.svg': await renderSvg(plotSigmaPercentiles(evaluation)),
  }
  if (Object.values(evaluation.models).some(model => model.reliability.length > 0))
    plots['reliability.svg'] = await renderSvg(plotReliability(evaluation))
  for (const [i, product] of (strip?.products ?? []).slice(0, 2).entries())
    plots[`strip_${i}.svg`] = await renderSvg(
      plotPriceStrip(product, evaluation.splits.test.prevalence, evaluation.simulated),
    )
  const files = { 'data.json': JSON.stringify(pageData(evaluation, Object.keys(plots))), ...plots }
  return { template, files }
}

/** What the template prints, every number already a text. */
function pageData(evaluation: Evaluation, plots: string[]) {
  const { source, splits } = evaluation
  const models = Object.values(evaluation.models)
  return {
    simulated: evaluation.simulated,
    verdict: giveVerdict(evaluation),
    plots,
    products: source.products.join(', '),
    from: utc(source.from),
    to: utc(source.to),
    horizon: String(evaluation.horizon_s),
    models: models.map(modelRow),
    weights: models.flatMap(model => (model.weights ? [{ title: model.title, rows: topWeights(model) }] : [])),
    segments: (['train', 'validation', 'test'] as const).map(name => segmentRow(name, splits[name])),
    degenerate: (['train', 'validation', 'test'] as const).flatMap(name =>
      splits[name].degenerate === null ? [] : [`${name}: ${splits[name].degenerate}`],
    ),
    undefined_metrics: models.flatMap(undefinedMetrics),
    purged: count(splits.purged_rows),
    embargo: String(splits.embargo_s),
    tau: Object.entries(evaluation.tau).map(([product, tau]) => [product, basisPoints(tau), tau.toPrecision(6)]),
    tau_source: evaluation.tau_source,
    audit: evaluation.audit,
    dropped: evaluation.dropped,
    imputed: evaluation.imputed,
    reproduce: [
      ['Feature file', source.file],
      ['Digest of its rows', source.digest],
      ['Rows, of them labelled', `${count(source.rows)}, ${count(source.labelled)}`],
      ['Spec version', evaluation.spec_version],
      ['Config hash', evaluation.config_hash],
    ],
  }
}

function modelRow(model: ModelResult) {
  const { validation, test } = model
  return {
    title: model.title,
    kind: model.kind,
    recipe: model.recipe.replace(/\.$/, ''),
    params: Object.entries(model.params)
      .map(([name, value]) => `${name} = ${value}`)
      .join('; '),
    table: [
      score(test.pr_auc),
      interval(test),
      score(test.prevalence),
      score(validation.pr_auc),
      score(test.roc_auc),
      score(test.f1),
      score(test.brier),
      score(test.log_loss),
    ],
    threshold: [
      score(test.threshold),
      score(validation.f1),
      score(validation.precision),
      score(validation.recall),
      score(test.f1),
      score(test.precision),
      score(test.recall),
    ],
  }
}

/** The metrics of one model that test leaves undefined, a text a reason. */
function undefinedMetrics({ title, test }: ModelResult): string[] {
  const reasons = [...new Set(Object.values(test.degenerate))]
  return reasons.map(reason => {
    const metrics = Object.keys(test.degenerate).filter(metric => test.degenerate[metric] === reason)
    return `${title}, ${metrics.join(' and ')}: ${reason}`
  })
}

function segmentRow(name: string, segment: Segment): string[] {
  const { from, to, rows, positives, episodes, prevalence } = segment
  return [name, utc(from), utc(to), count(rows), count(positives), count(episodes), percent(prevalence)]
}

function topWeights(model: ModelResult): string[][] {
  return (model.weights ?? [])
    .slice(0, 12)
    .map(({ feature, weight }) => [feature, (weight >= 0 ? '+' : '−') + Math.abs(weight).toFixed(3)])
}
