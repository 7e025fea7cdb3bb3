import { features } from '../../core/features/spec.ts'
import type { DriftColumn } from '../compare/compare_column.ts'
import { formatCount, formatDuration, formatNumber, formatScore, formatShare } from '../format.ts'
import type { DriftReport } from '../report/drift_report.ts'
import { breakable, escapeHtml } from './html.ts'
import { renderSmallHistogram } from './small_histogram.ts'

const heads: [string | null, string][] = [
  ['name', 'Column'],
  [null, 'Reference and current'],
  ['evidently', 'Evidently-compatible'],
  ['score', 'Scale-free distance'],
  ['p', 'Scale-free p and verdict'],
  [null, 'How it moved'],
]

/** The table of columns: sortable, filterable, each row opens into its detail. */
export function renderColumns(report: DriftReport): string {
  const ranked = [...report.columns.keys()].sort((a, b) => compareRank(report.columns[a], report.columns[b]))
  const rows = (apart: boolean): string =>
    ranked
      .map((index, rank) => ({ index, rank, column: report.columns[index] }))
      .filter(({ column }) => (column.kind !== 'market') === apart)
      .map(({ index, rank, column }) => renderRow(report, column, index, rank))
      .join('\n')
  const others = rows(true)
  const option = (value: string, text: string): string => `<option value="${value}">${text}</option>`
  const model = report.dataset.model_columns_drifted !== null
  return `<section aria-labelledby="columns-title"><h2 id="columns-title">Columns</h2>
<div class="sides"><div><span class="key reference"></span>reference, filled</div><div><span class="key current"></span>current, line</div></div>
<div class="controls">
<label>Find a column<input id="search" type="search" autocomplete="off"></label>
<label>Show<select id="filter">${option('all', 'all columns')}${option('either', 'drifted by either verdict')}${option('evidently', 'drifted, Evidently')}${option('scale-free', 'drifted, scale-free')}${option('disagree', 'verdicts disagree')}${option('undecided', 'undecided')}${model ? option('model', 'used by the model') : ''}</select></label>
<label>Sort by<select id="sort">${option('verdict', model ? "verdict, the model's first" : 'verdict')}${option('name', 'name')}${option('evidently', 'Evidently score')}${option('score', 'scale-free distance')}${option('p', 'scale-free p')}${option('nulls', 'share of nulls, current')}</select></label>
</div>
<p id="shown" class="soft" role="status" aria-live="polite"></p>
<table class="columns" id="columns" role="table" aria-labelledby="columns-title"><thead role="rowgroup"><tr role="row">${heads
    .map(([key, text]) =>
      key
        ? `<th scope="col" role="columnheader" data-key="${key}"><button type="button">${text}</button></th>`
        : `<th scope="col" role="columnheader">${text}</th>`,
    )
    .join('')}</tr></thead>
<tbody role="rowgroup">${rows(false)}</tbody>${
    others &&
    `<tbody role="rowgroup" class="apart"><tr role="row" class="group"><th scope="rowgroup" role="rowheader" colspan="${heads.length}">Calendar and coverage: when the rows are of and how much of the past is known, not what the market did. No part of the share.</th></tr>
${others}</tbody>`
  }</table></section>`
}

function renderRow(report: DriftReport, column: DriftColumn, index: number, rank: number): string {
  const { evidently, scale_free: free } = column
  const kinds = [
    evidently.drifted && 'evidently',
    free.drifted && 'scale-free',
    (evidently.drifted || free.drifted) && 'either',
    free.verdict !== 'undecided' && evidently.drifted !== free.drifted && 'disagree',
    free.verdict === 'undecided' && 'undecided',
    column.used_by_model && 'model',
  ].filter(Boolean)
  const id = `detail-${index}`
  const name = escapeHtml(column.name)
  const score = free.score ?? (free.drifted ? 1e9 : 0)
  return `<tr class="column" role="row" data-index="${index}" data-rank="${rank}" data-name="${name}" data-kinds="${kinds.join(' ')}" data-evidently="${evidently.score ?? -1}" data-score="${score}" data-p="${free.p ?? 2}" data-nulls="${column.current.nulls / report.current.rows}">
<th scope="row" role="rowheader"><button type="button" class="open" aria-expanded="false" aria-controls="${id}"><span>${breakable(column.name)}</span></button>${column.used_by_model ? '<span class="tag">model</span>' : ''}</th>
<td role="cell">${renderSmallHistogram(column.reference.histogram, column.current.histogram)}</td>
<td role="cell" data-label="Evidently">${mark(evidently.drifted ? 'drifted' : 'stable')} <span class="number">${formatScore(evidently.score)}</span><br><span class="soft">${escapeHtml(evidently.method ?? 'not scored')}</span>${evidently.note?.startsWith('hidden') ? '<br><span class="tag">hidden by its floor</span>' : ''}</td>
<td role="cell" data-label="Scale-free distance" class="number">${free.score === null ? '–' : formatScore(free.score)}</td>
<td role="cell" data-label="Scale-free verdict">${mark(free.verdict)}<br><span class="soft number">${free.p === null ? 'no p' : `p ${formatScore(free.p)}`}</span></td>
<td role="cell" class="words">${escapeHtml(column.shift)}</td></tr>
<tr class="detail" role="row" id="${id}" hidden><td role="cell" colspan="${heads.length}">${renderDetail(report, column)}</td></tr>`
}

function renderDetail(report: DriftReport, column: DriftColumn): string {
  const { evidently, scale_free: free } = column
  const place = (share: number): number => report.quantile_shares.indexOf(share)
  const figures: [string, (side: 'reference' | 'current') => string][] = [
    ['values', side => formatCount(column[side].n)],
    ['nulls', side => formatShare(column[side].nulls / report[side].rows)],
    ['mean', side => formatNumber(column[side].mean)],
    ['standard deviation', side => formatNumber(column[side].std)],
    ['lowest', side => formatNumber(column[side].quantiles[0])],
    ['5 %', side => formatNumber(column[side].quantiles[place(0.05)])],
    ['median', side => formatNumber(column[side].quantiles[place(0.5)])],
    ['95 %', side => formatNumber(column[side].quantiles[place(0.95)])],
    ['highest', side => formatNumber(column[side].quantiles[place(1)])],
  ]
  const spread = free.spread
    .filter(({ value }) => value > 0)
    .map(
      ({ product, kind, value }) =>
        `Distance ${free.spread.length > 1 ? `of ${product} ` : ''}in ${kind === 'standard deviation' ? 'standard deviations' : 'interquartile ranges over 1.349'} of the reference (${formatNumber(value)}). `,
    )
    .join('')
  const memory =
    free.p === null
      ? ''
      : `p from blocks of ${formatDuration(free.block_s)}${free.p_adjusted === null ? '' : `, ${formatScore(free.p_adjusted)} after allowing for ${report.columns.length} columns`}.`
  const kept =
    column.rank_error > 0
      ? `The stored reference keeps a part of its values: its shares are right to ${(100 * column.rank_error).toPrecision(1)} %.`
      : undefined
  const notes = [evidently.note, free.note, kept].filter(note => note !== undefined)
  const known = features.find(feature => feature.name === column.name)
  const meaning = known
    ? `<p>${escapeHtml(known.formula)}. <span class="soft">Unit: ${escapeHtml(known.unit)}.</span></p>`
    : ''
  const line = (side: 'reference' | 'current'): string =>
    `<tr><th scope="row">${side}</th>${figures.map(([, of]) => `<td class="number">${escapeHtml(of(side))}</td>`).join('')}</tr>`
  return `${meaning}<div class="charts"></div>
<div class="scroll" tabindex="0" role="region" aria-label="Figures of ${escapeHtml(column.name)}"><table class="figures"><thead><tr><td></td>${figures.map(([title]) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${line('reference')}${line('current')}</tbody></table></div>
<p class="soft">${escapeHtml(spread + memory)}</p>${notes.map(note => `<p class="note">${escapeHtml(note)}</p>`).join('')}`
}

const marks: Record<string, string> = { drifted: '▲ drifted', stable: '● stable', undecided: '? undecided' }

function mark(verdict: string): string {
  return `<span class="mark ${verdict}">${marks[verdict]}</span>`
}

/** The model's columns first; then drifted by both, by one, undecided, stable; far ones first. */
function compareRank(a: DriftColumn, b: DriftColumn): number {
  const weight = ({ evidently, scale_free }: DriftColumn): number =>
    (scale_free.drifted ? 4 : 0) + (evidently.drifted ? 2 : 0) + (scale_free.verdict === 'undecided' ? 1 : 0)
  const score = ({ scale_free }: DriftColumn): number => scale_free.score ?? 1e9
  return (
    Number(b.used_by_model) - Number(a.used_by_model) ||
    weight(b) - weight(a) ||
    score(b) - score(a) ||
    (a.name < b.name ? -1 : 1)
  )
}
