import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TopLevelSpec } from 'vega-lite'
import { writeFileAtomically } from '../../files/atomic.ts'
import { keepOthers } from '../../files/keep_others.ts'
import { describePlot, renderPng, renderSvg } from '../plots/plot.ts'
import { compilePdf, isOurPdf } from './typst.ts'

const template = fileURLToPath(new URL('./activity.typ', import.meta.url))

/** What stands on the page beside the plots. */
export interface ActivityPage {
  title: string
  settings: string
  footer: string
  simulated: boolean
  /** Of the data. */
  from: string
  to: string
  /** Sentences, then a table with its head. */
  verdict: string[]
  table: string[][]
}

/** Every file of a report: the page, then the plots as SVG and PNG. */
export function activityReportFiles(folder: string, name: string, plots: readonly string[]): string[] {
  return [`${name}.pdf`, ...plots.flatMap(plot => [`${plot}.svg`, `${plot}.png`])].map(file => join(folder, file))
}

/** @throws SpikeError BAD_FILE for files of others under the names of a report; the page says whose the plots are. */
export function refuseOtherActivityReport(files: string[]): void {
  const [page, ...plots] = files
  keepOthers([page], isOurPdf)
  keepOthers(plots, () => existsSync(page))
}

/** Writes one page as PDF, and its plots as SVG and PNG. @param files as `activityReportFiles` of these plots gives them. */
export async function writeActivityReport(
  files: string[],
  page: ActivityPage,
  plots: Record<string, TopLevelSpec>,
): Promise<void> {
  const [svgs, told, written]: [Record<string, string>, Record<string, string>, (string | Uint8Array)[]] = [{}, {}, []]
  for (const [name, spec] of Object.entries(plots)) {
    const svg = await renderSvg(spec)
    svgs[`${name}.svg`] = svg
    told[`${name}.svg`] = describePlot(spec)
    written.push(svg, renderPng(svg))
  }
  const pdf = compilePdf({ template, files: { 'data.json': JSON.stringify({ ...page, plots: told }), ...svgs } })
  // The page first: beside it the plots are known as ours.
  for (const [i, file] of [pdf, ...written].entries()) await writeFileAtomically(files[i], file)
}
