import { join } from 'node:path'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { highlightsOf } from '../headline.ts'
import { plotImportance } from './importance.ts'
import { plotLifts } from './lifts.ts'
import { renderPng, renderSvg } from './plot.ts'
import { plotPrCurve } from './pr_curve.ts'
import { plotReliability } from './reliability.ts'
import { plotScores } from './scores.ts'

const plots = {
  scores: plotScores,
  precision_recall: plotPrCurve,
  lifts: plotLifts,
  reliability: plotReliability,
  importance: plotImportance,
}

/**
 * Writes the pictures of single models as PNG, a folder each: its precision and recall beside the baseline that is hardest to beat,
 * and whether its probabilities are right. @returns their paths by model.
 */
export async function writeModelPlots(folder: string, evaluation: Evaluation): Promise<Record<string, string[]>> {
  const { baseline } = highlightsOf(evaluation)
  const written: Record<string, string[]> = {}
  for (const model of Object.values(evaluation.models)) {
    const { name, curve, reliability } = model
    const beside = baseline === name ? undefined : baseline
    const specs = {
      ...(curve.length > 0 && { precision_recall: plotPrCurve(evaluation, { lead: name, baseline: beside }) }),
      ...(reliability.length > 0 && { reliability: plotReliability({ ...evaluation, models: { [name]: model } }) }),
    }
    written[name] = []
    for (const [plot, spec] of Object.entries(specs)) {
      const path = join(folder, name, `${plot}.png`)
      await writeFileAtomically(path, renderPng(await renderSvg(spec)))
      written[name].push(path)
    }
  }
  return written
}

/** Writes the plots of an evaluation as SVG and PNG. @returns their paths. */
export async function writePlots(folder: string, evaluation: Evaluation): Promise<string[]> {
  const written: string[] = []
  for (const [name, plot] of Object.entries(plots)) {
    const spec = plot(evaluation)
    if (spec === undefined) continue
    const svg = await renderSvg(spec)
    for (const [ending, data] of Object.entries({ svg, png: renderPng(svg) })) {
      const path = join(folder, `${name}.${ending}`)
      await writeFileAtomically(path, data)
      written.push(path)
    }
  }
  return written
}
