import { windUp } from './blocks.ts'
import { compareColumn, type DriftColumn } from './compare_column.ts'
import { quantileShares } from './describe_side.ts'
import { matchColumns } from './match_columns.ts'
import { groupProducts } from './products.ts'
import { checkQuality, type Quality, type StreamCounts } from './quality.ts'
import type { Side } from './read_columns.ts'
import { adjustForMany, distanceThreshold, level } from './scale_free.ts'
import { cutWindows, toIso, type Window } from './windows.ts'

/** The drift report as it is written to JSON; docs/drift.md explains each number. */
export interface DriftReport {
  format: 'spike60-drift'
  version: 1
  title: string
  /** True when either side comes from the simulated exchange. */
  simulated: boolean
  reference: SideSummary
  current: SideSummary
  dataset: {
    /** Evidently's rule: at least half of the columns drift. */
    drifted: boolean
    share: number
    count: number
    columns: number
    threshold: number
    /** The same rule on the scale-free verdicts; `undecided` columns count as not drifted. */
    scale_free: { drifted: boolean; share: number; count: number; undecided: number }
    /** Drifted by the scale-free verdict and used by the model; null where no model was named. */
    model_columns_drifted: string[] | null
  }
  thresholds: { dataset_share: number; scale_free_distance: number; scale_free_level: number }
  quantile_shares: number[]
  windows: Window[]
  columns: DriftColumn[]
  left_out: { name: string; reason: string }[]
  quality: Quality
}

export interface SideSummary {
  name: string
  rows: number
  products: Record<string, number>
  /** ISO times of the first and the last row, null where rows carry no time. */
  from: string | null
  to: string | null
}

export interface DriftSettings {
  title: string
  simulated: boolean
  /** Columns that the model reads; null where no model was named. */
  modelInputs: string[] | null
  tau: Record<string, number> | null
  stream: StreamCounts | null
  blockSeconds: number
  resetSeconds: number
  seed: number
}

const datasetShare = 0.5

/**
 * Compares two sides column by column, under both verdicts, and looks at their quality. The same input gives the same report.
 * @throws SpikeError BAD_TABLE as `matchColumns` says.
 */
export function assembleReport(reference: Side, current: Side, settings: DriftSettings): DriftReport {
  const { names, left_out } = matchColumns(reference, current)
  const windows = [...cutWindows(reference, 'reference'), ...cutWindows(current, 'current')]
  const context = {
    ...settings,
    windows,
    clocks: { reference: windUp(reference), current: windUp(current) },
    products: groupProducts(reference, current),
  }
  const columns = names.map(name => compareColumn(name, reference, current, context))
  const adjusted = adjustForMany(columns.map(column => column.scale_free.p))
  columns.forEach((column, i) => {
    const { scale_free } = column
    scale_free.p_adjusted = adjusted[i]
    if (scale_free.verdict !== 'open') return
    const far = scale_free.score === null || scale_free.score >= distanceThreshold
    scale_free.verdict =
      scale_free.p === null && far ? 'undecided' : far && adjusted[i]! <= level ? 'drifted' : 'stable'
    scale_free.drifted = scale_free.verdict === 'drifted'
  })
  const byEvidently = columns.filter(column => column.evidently.drifted).length
  const byScaleFree = columns.filter(column => column.scale_free.drifted)
  return {
    format: 'spike60-drift',
    version: 1,
    title: settings.title,
    simulated: settings.simulated,
    reference: summarise(reference),
    current: summarise(current),
    dataset: {
      drifted: byEvidently / columns.length >= datasetShare,
      share: byEvidently / columns.length,
      count: byEvidently,
      columns: columns.length,
      threshold: datasetShare,
      scale_free: {
        drifted: byScaleFree.length / columns.length >= datasetShare,
        share: byScaleFree.length / columns.length,
        count: byScaleFree.length,
        undecided: columns.filter(column => column.scale_free.verdict === 'undecided').length,
      },
      model_columns_drifted:
        settings.modelInputs && byScaleFree.filter(column => column.used_by_model).map(column => column.name),
    },
    thresholds: { dataset_share: datasetShare, scale_free_distance: distanceThreshold, scale_free_level: level },
    quantile_shares: quantileShares,
    windows: windows.map(({ window }) => window),
    columns,
    left_out,
    quality: checkQuality(reference, current, names, settings),
  }
}

function summarise(side: Side): SideSummary {
  const products: Record<string, number> = {}
  for (const product of side.product) products[product] = (products[product] ?? 0) + 1
  const first = side.time.reduce((a, b) => Math.min(a, b))
  const last = side.time.reduce((a, b) => Math.max(a, b))
  return {
    name: side.name,
    rows: side.rows,
    products,
    from: side.timed ? toIso(first) : null,
    to: side.timed ? toIso(last) : null,
  }
}
