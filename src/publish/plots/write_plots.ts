import { join } from 'node:path'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
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
