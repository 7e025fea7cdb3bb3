import { readFileSync } from 'node:fs'
import { formatCount, formatNumber, formatShare } from '../format.ts'
import type { DriftReport, SideSummary } from '../report/drift_report.ts'
import { renderColumns } from './column_section.ts'
import { escapeHtml, pageStyle } from './html.ts'
import { renderQuality } from './quality_section.ts'
import { renderVerdict } from './verdict_section.ts'

const script = readFileSync(new URL('./page.js', import.meta.url), 'utf8')

/** The report as one HTML page that needs nothing but itself: style, script and data are inside, nothing is fetched. */
export function renderDrift(report: DriftReport): string {
  const title = escapeHtml(`Drift: ${report.title}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}${report.simulated ? ' (simulated)' : ''}</title>
<style>${pageStyle}</style></head><body><a class="skip" href="#columns-title">Skip to the columns</a><main>
${report.simulated ? '<p class="banner">Simulated data: every number on this page comes from the simulated exchange, not from a market.</p>' : ''}
<h1>${title}</h1>
<div class="sides">${renderSide('reference', report.reference)}${renderSide('current', report.current)}</div>
${contents}
${renderVerdict(report)}
${renderColumns(report)}
${renderQuality(report)}
${renderGuide(report)}
</main><script type="application/json" id="data">${toData(report)}</script><script>${script}</script></body></html>
`
}

const contents = `<nav aria-label="Contents"><ul class="contents">${[
  ['answer', 'What to do'],
  ['verdict', 'Verdicts'],
  ['columns-title', 'Columns'],
  ['quality', 'Data quality'],
  ['guide', 'How to read this'],
]
  .map(([id, text]) => `<li><a href="#${id}">${text}</a></li>`)
  .join('')}</ul></nav>`

function renderSide(kind: 'reference' | 'current', side: SideSummary): string {
  const span = side.from && side.to ? `, ${shorten(side.from)} to ${shorten(side.to)} UTC` : ''
  const products = Object.keys(side.products).filter(product => product !== '')
  return `<div><span class="key ${kind}"></span><strong>${kind}</strong> ${escapeHtml(side.name)}<br>${formatCount(side.rows)} rows${products.length > 0 ? ` of ${escapeHtml(products.join(', '))}` : ''}${span}</div>`
}

function shorten(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

function renderGuide({ thresholds }: DriftReport): string {
  return `<section aria-labelledby="guide"><h2 id="guide">How to read this</h2>
<p><strong>Evidently-compatible.</strong> The test, score and threshold that Evidently 0.7 takes by default: above 1,000 reference rows a distance, drift from 0.1; else a p-value, drift below 0.05. It treats seconds as independent and divides by no less than 0.001, so columns of small scale never drift.</p>
<p><strong>Scale-free.</strong> How far the two distributions lie apart, in spreads of the reference, and p: how often blocks of time, dealt at random to the two sides, lie as far apart. A column drifts when the distance is at least ${formatNumber(thresholds.scale_free_distance)} and p, after allowing for the number of columns, is at most ${formatShare(thresholds.scale_free_level)}. It is undecided when the column remembers for so long that the data hold too few independent stretches.</p>
<p>docs/drift.md says what each number means, when to retrain, and why the two verdicts disagree.</p></section>`
}

/** What the script draws from: five digits are enough for a picture. */
function toData(report: DriftReport): string {
  const data = {
    windows: report.windows.map(({ side, from }) => ({ side, from: shorten(from) })),
    columns: report.columns.map(column => ({
      name: column.name,
      shift: column.shift,
      edges: column.edges,
      reference: column.reference.histogram,
      current: column.current.histogram,
      quantiles:
        column.reference.n > 0 && column.current.n > 0
          ? { reference: column.reference.quantiles.slice(1, -1), current: column.current.quantiles.slice(1, -1) }
          : null,
      over_time: { median: column.over_time.median, low: column.over_time.low, high: column.over_time.high },
    })),
  }
  return JSON.stringify(data, (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
  ).replaceAll('<', '\\u003c')
}
