import { formatCount, formatShare } from '../format.ts'
import type { PastReport } from '../report/past_report.ts'
import { escapeHtml, pageStyle } from './html.ts'

const width = 480
const height = 180
const frame = { left: 46, right: 12, top: 12, bottom: 24 }

/** By it the page is told from one of somebody else. */
export const historyMark = '<meta name="generator" content="spike60 drift --history">'

/** Drift reports over time on one page: the share of drifted columns under both verdicts, then a line a report, newest first. */
export function renderHistory(past: PastReport[]): string {
  const simulated = past.some(report => report.simulated)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${historyMark}<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>Drift over time${simulated ? ' (simulated)' : ''}</title>
<style>${pageStyle}</style></head><body><main>
${simulated ? '<p class="banner">Simulated data: reports on this page come from the simulated exchange, not from a market.</p>' : ''}
<h1>Drift over time</h1>
<p>${past.length} reports, by the last time of what they judge. Share of drifted columns, without those of calendar and coverage:</p>
<div class="sides"><div><span class="key reference"></span>Evidently-compatible</div><div><span class="key current"></span>scale-free</div></div>
${renderShares(past)}
<h2>Reports</h2>
<table class="columns"><thead><tr>${['Judged', 'What to do', 'Evidently', 'Scale-free', "Model's columns", 'Faults'].map(head => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${[...past].reverse().map(renderLine).join('\n')}</tbody></table>
</main></body></html>
`
}

function renderLine({ file, title, simulated, advice, current, dataset, quality }: PastReport): string {
  const share = (count: number, of: number): string => `${formatCount(count)} of ${formatCount(of)}`
  const moved = dataset.model_columns_drifted
  const page = encodeURIComponent(file.replace(/\.json$/, '.html'))
  return `<tr><th scope="row"><a href="./${page}">${escapeHtml(title)}</a>${simulated ? '<span class="tag">simulated</span>' : ''}<br><span class="soft">${shorten(current.from)} to ${shorten(current.to)} UTC</span></th>
<td class="words">${escapeHtml(advice?.text ?? 'written before reports said so')}</td>
<td data-label="Evidently">${mark(dataset.drifted)} ${share(dataset.count, dataset.columns)}</td>
<td data-label="Scale-free">${mark(dataset.scale_free.drifted)} ${share(dataset.scale_free.count, dataset.columns)}<br><span class="soft">${dataset.scale_free.undecided} undecided</span></td>
<td data-label="Model's columns">${moved === null ? '–' : moved.length === 0 ? 'none' : escapeHtml(moved.join(', '))}</td>
<td data-label="Faults">${quality.faults.length === 0 ? 'none' : formatCount(quality.faults.length)}</td></tr>`
}

function mark(drifted: boolean): string {
  return drifted ? '<span class="mark drifted">▲ drifts</span>' : '<span class="mark stable">● stable</span>'
}

/** Both shares against time, with the line from which a data set drifts. */
function renderShares(past: PastReport[]): string {
  const times = past.map(({ current }) => Date.parse(current.to))
  const [first, last] = [times[0], times[times.length - 1]]
  const x = (at: number): number =>
    round(frame.left + ((at - first) / (last - first || 1)) * (width - frame.left - frame.right))
  const y = (share: number): number => round(height - frame.bottom - share * (height - frame.top - frame.bottom))
  const line = (side: 'reference' | 'current', shareOf: (report: PastReport) => number): string => {
    const points = past.map((report, i) => ({ at: x(times[i]), up: y(shareOf(report)), report }))
    const dots = points.map(
      ({ at, up, report }) =>
        `<circle class="${side}-dot" r="4" cx="${at}" cy="${up}"><title>${escapeHtml(`${report.title}, ${shorten(report.current.to)}: ${formatShare(shareOf(report))}`)}</title></circle>`,
    )
    return `<path class="${side}-line" d="M${points.map(({ at, up }) => `${at} ${up}`).join('L')}"/>${dots.join('')}`
  }
  const levels = [0, 0.5, 1].map(
    share => `<text x="${frame.left - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
  )
  const limit = past[past.length - 1].dataset.threshold
  return `<figure style="max-width: 760px"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Share of drifted columns of ${past.length} reports over time, under both verdicts">
<path class="axis" fill="none" d="M${frame.left} ${frame.top}V${y(0)}H${width - frame.right}"/><path class="guide" d="M${frame.left} ${y(limit)}H${width - frame.right}"/>
${levels.join('')}${line('reference', ({ dataset }) => dataset.share)}${line('current', ({ dataset }) => dataset.scale_free.share)}
<text x="${frame.left}" y="${height - 6}">${shorten(past[0].current.to)}</text><text x="${width - frame.right}" y="${height - 6}" text-anchor="end">${shorten(past[past.length - 1].current.to)} UTC</text></svg></figure>`
}

function shorten(iso: string): string {
  return escapeHtml(iso.slice(0, 16).replace('T', ' '))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
