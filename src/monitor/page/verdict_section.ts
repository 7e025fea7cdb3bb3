import { formatCount, formatShare } from '../format.ts'
import type { DriftReport } from '../report/drift_report.ts'
import { escapeHtml } from './html.ts'

/** What to do, in one sentence; then both verdicts, data quality, the model, what moved most. */
export function renderVerdict(report: DriftReport): string {
  const { advice, dataset, quality, columns } = report
  const free = dataset.scale_free
  const used = columns.filter(column => column.used_by_model)
  const cards = [
    card(
      'Evidently-compatible',
      dataset.drifted,
      dataset.drifted ? 'The data set drifts' : 'No drift of the data set',
      `${dataset.count} of ${dataset.columns} columns drift (${formatShare(dataset.share)}); the data set does from ${formatShare(dataset.threshold)}.`,
    ),
    card(
      'Scale-free, dependence-aware',
      free.drifted,
      free.drifted ? 'The data set drifts' : free.count > 0 ? 'Some columns drift' : 'No drift found',
      `${free.count} of ${dataset.columns} columns drift (${formatShare(free.share)})${free.undecided > 0 ? `; ${free.undecided} lie apart but too few independent stretches of time tell` : ''}.`,
    ),
    card(
      'Data quality',
      !quality.passed,
      quality.passed
        ? 'No faults'
        : `${formatCount(quality.faults.length)} fault${quality.faults.length > 1 ? 's' : ''}`,
      quality.passed ? 'Rows, gaps, nulls and ranges are as they should be.' : quality.faults[0],
    ),
  ]
  if (dataset.model_columns_drifted) {
    const moved = dataset.model_columns_drifted
    cards.push(
      card(
        'The model',
        moved.length > 0,
        moved.length > 0 ? `${moved.length} of its ${used.length} columns drift` : 'None of its columns drifts',
        moved.length > 0
          ? `${moved.slice(0, 5).join(', ')}${moved.length > 5 ? ', …' : ''}`
          : 'By the scale-free verdict.',
      ),
    )
  }
  return `<section class="advice${['nothing', 'wait'].includes(advice.action) ? '' : ' act'}" aria-labelledby="answer"><h2 id="answer">What to do</h2>
<p class="answer">${escapeHtml(advice.text)}</p><p>${escapeHtml(advice.why)}</p></section>
<section aria-labelledby="verdict"><h2 id="verdict">Verdicts</h2>
<div class="verdicts">${cards.join('\n')}</div>
${renderApart(report)}
${renderMoves(report)}</section>`
}

function renderApart({ columns }: DriftReport): string {
  const apart = columns.filter(({ kind }) => kind !== 'market')
  if (apart.length === 0) return ''
  return `<p class="soft">Not counted: ${apart.length} columns of calendar and coverage, which differ between any two stretches of time.</p>`
}

/** So many columns are named; the table has them all. */
const named = 8

function card(title: string, bad: boolean, answer: string, words: string): string {
  return `<div class="verdict${bad ? ' bad' : ''}"><h3>${title}</h3><p class="answer">${bad ? '▲' : '●'} ${escapeHtml(answer)}</p><p>${escapeHtml(words)}</p></div>`
}

function renderMoves({ columns }: DriftReport): string {
  const moved = columns
    .filter(column => column.kind === 'market' && column.scale_free.drifted)
    .sort(
      (a, b) =>
        Number(b.used_by_model) - Number(a.used_by_model) ||
        (b.scale_free.score ?? Infinity) - (a.scale_free.score ?? Infinity),
    )
  const hidden = columns.filter(column => column.evidently.note?.startsWith('hidden'))
  const lines = moved.slice(0, named).map(column => {
    const use = column.used_by_model ? ', used by the model' : ''
    return `<li><code>${escapeHtml(column.name)}</code>${use}: ${escapeHtml(column.shift)}</li>`
  })
  const note =
    hidden.length > 0
      ? `<p class="note">Evidently's floor of 0.001 hides ${hidden.length} column${hidden.length > 1 ? 's' : ''} of small scale: ${hidden
          .slice(0, named)
          .map(column => `<code>${escapeHtml(column.name)}</code>`)
          .join(', ')}${hidden.length > named ? ` and ${hidden.length - named} more` : ''}.</p>`
      : ''
  if (lines.length === 0) return note
  return `<h3>What moved most</h3><ul>${lines.join('')}</ul>${note}`
}
