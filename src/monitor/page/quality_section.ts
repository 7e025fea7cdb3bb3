import { formatCount, formatNumber, formatShare } from '../format.ts'
import type { DriftReport } from '../report/drift_report.ts'
import type { LabelSide } from '../report/label_shift.ts'
import type { SideQuality } from '../report/quality.ts'
import { escapeHtml, renderList, renderTable } from './html.ts'
import { renderTimeline } from './timeline_chart.ts'

/** Data quality: faults first, then rows and gaps on a timeline, the label, the stream's counts, nulls. */
export function renderQuality(report: DriftReport): string {
  const { quality } = report
  return `<section aria-labelledby="quality"><h2 id="quality">Data quality</h2>
${quality.faults.length > 0 ? `<h3>Faults</h3>${renderList(quality.faults, 'faults')}` : '<p>No faults found.</p>'}
${quality.remarks.length > 0 ? `<h3>To know</h3>${renderList(quality.remarks)}` : ''}
<h3>Rows over time</h3>
${renderTimeline(quality)}
${renderTable(
  ['Side', 'Product', 'Rows', 'Seconds with a row', 'Holes', 'Resets', 'Repeated times'],
  (['reference', 'current'] as const).flatMap(side =>
    quality[side].products.map(line => [
      side,
      line.product || 'all',
      formatCount(line.rows),
      formatShare(line.coverage),
      formatCount(line.holes),
      formatCount(line.resets),
      formatCount(line.repeated),
    ]),
  ),
  'Rows by side and product',
)}
${renderCarried(quality.reference, quality.current)}
<h3>Label</h3>
${renderLabel(report)}
<h3>Stream</h3>
${renderStream(report)}
<h3>Nulls</h3>
${renderNulls(report)}
${report.left_out.length > 0 ? `<details><summary>Not compared: ${report.left_out.length}</summary>${renderList(report.left_out.map(({ name, reason }) => `${name}: ${reason}`))}</details>` : ''}
</section>`
}

function renderCarried(reference: SideQuality, current: SideQuality): string {
  if (reference.carried_share === null || current.carried_share === null) return ''
  return `<p>Stale quotes: the mid was carried from an earlier second in ${formatShare(reference.carried_share)} of the reference rows and ${formatShare(current.carried_share)} of the current ones.</p>`
}

function renderLabel({ quality: { label } }: DriftReport): string {
  if (label.source === null) return '<p class="soft">The files carry no label, and no tau is known.</p>'
  const side = (name: string, { labelled, positives, prevalence }: LabelSide): string[] => [
    name,
    formatCount(labelled),
    formatCount(positives),
    prevalence === null ? '–' : formatShare(prevalence),
  ]
  const percentile = (value: number | null): string => (value === null ? '–' : `P${value.toFixed(1)}`)
  return `${renderTable(['Side', 'Labelled rows', 'Spikes', 'Prevalence'], [side('reference', label.reference), side('current', label.current)], 'Label by side')}
${label.tau_percentile
  .map(
    line =>
      `<p>Tau of ${escapeHtml(line.product)}, ${formatNumber(label.tau![line.product])}: ${percentile(line.reference)} of the reference, ${percentile(line.current)} of the current side.</p>`,
  )
  .join('')}`
}

function renderStream({ quality: { stream } }: DriftReport): string {
  if (!stream) return '<p class="soft">Not counted here: a Parquet file does not tell what the stream dropped.</p>'
  const words: [Exclude<keyof typeof stream, 'clock_skew_ms'>, string][] = [
    ['late', 'late events, set aside'],
    ['dead_letters', 'records that could not be read'],
    ['duplicates', 'duplicates dropped'],
    ['rejected', 'events with an impossible time'],
    ['crossed', 'crossed quotes'],
  ]
  const lines = words.flatMap(([key, text]) => {
    const count = stream[key]
    return count === undefined ? [] : [`${formatCount(count)} ${text}`]
  })
  if (stream.clock_skew_ms)
    lines.push(
      `received after event time by ${stream.clock_skew_ms.median} ms at the median, ${stream.clock_skew_ms.p99} ms at the 99th percentile`,
    )
  return renderList(lines)
}

function renderNulls({ quality }: DriftReport): string {
  const before = new Map(quality.reference.nulls.map(({ name, share }) => [name, share]))
  const lines = quality.current.nulls
    .map(({ name, share }) => ({ name, share, was: before.get(name)! }))
    .filter(({ share, was }) => share > 0 || was > 0)
    .sort((a, b) => Math.abs(b.share - b.was) - Math.abs(a.share - a.was) || b.share - a.share)
  if (lines.length === 0) return '<p>No column holds a null.</p>'
  const table = renderTable(
    ['Column', 'Reference', 'Current'],
    lines.map(({ name, share, was }) => [name, formatShare(was), formatShare(share)]),
    'Share of nulls by column',
  )
  return `<details><summary>Columns with nulls: ${lines.length}</summary>${table}</details>`
}
