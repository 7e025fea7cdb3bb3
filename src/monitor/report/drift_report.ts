import type { Side } from '../columns/side.ts'
import { alignProducts } from '../compare/align_products.ts'
import { type ColumnLimits, checkLimits } from '../compare/column_limits.ts'
import { compareColumn, type DriftColumn } from '../compare/compare_column.ts'
import { matchColumns } from '../compare/match_columns.ts'
import { adjustForMany, distanceThreshold, level } from '../compare/scale_free.ts'
import { quantileShares } from '../profile/describe_side.ts'
import { profileSide } from '../profile/make_profile.ts'
import type { Profile } from '../profile/profile.ts'
import type { TimeWindow } from '../profile/time_windows.ts'
import { type Advice, adviseOn } from './advice.ts'
import { checkQuality, type Quality, type StreamCounts } from './quality.ts'

export const reportFormat = 'spike60-drift'

/** The drift report as it is written to JSON; docs/drift.md explains each number. */
export interface DriftReport {
  format: 'spike60-drift'
  version: 1
  title: string
  /** True when either side comes from the simulated exchange. */
  simulated: boolean
  advice: Advice
  reference: SideSummary
  current: SideSummary
  dataset: {
    /** Evidently's rule, at least half of the columns drift, without the columns of calendar and coverage. */
    drifted: boolean
    share: number
    count: number
    /** So many columns are counted. */
    columns: number
    threshold: number
    /** The same rule on the scale-free verdicts; `undecided` columns count as not drifted. */
    scale_free: { drifted: boolean; share: number; count: number; undecided: number }
    /** Drifted by the scale-free verdict and used by the model; null where no model was named. */
    model_columns_drifted: string[] | null
    /** Drifted, by either verdict, among the columns that config gives thresholds of their own. */
    watched_columns_drifted: string[]
  }
  thresholds: { dataset_share: number; scale_free_distance: number; scale_free_level: number }
  quantile_shares: number[]
  windows: (TimeWindow & { side: 'reference' | 'current' })[]
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

/** What a comparison is judged by. */
export interface DriftSettings {
  title: string
  simulated: boolean
  /** Columns that the model reads; null where no model was named. */
  modelInputs: string[] | null
  tau: Record<string, number> | null
  stream: StreamCounts | null
  /** Thresholds by column, where they are not the common ones. */
  limits: Record<string, ColumnLimits>
  resetSeconds: number
  seed: number
}

const datasetShare = 0.5

/**
 * Compares rows with a reference column by column, under both verdicts, and looks at the quality of both. The same input gives
 * the same report, whether the reference was made of its rows just now or was stored.
 * @throws SpikeError BAD_TABLE as `matchColumns` says, BAD_CONFIG as `checkLimits` says.
 */
export function assembleReport(stored: Profile, rows: Side, settings: DriftSettings): DriftReport {
  const aligned = alignProducts(stored, rows)
  const reference = aligned.reference
  const options = { blockSeconds: reference.block_s, resetSeconds: settings.resetSeconds, forReference: false }
  const profiled = profileSide(aligned.current, options)
  const current = profiled.profile
  const { names, left_out } = matchColumns(reference, current)
  checkLimits(settings.limits, names)
  const columns = names.map(name => compareColumn(name, reference, profiled, settings))
  const adjusted = adjustForMany(columns.map(column => column.scale_free.p))
  columns.forEach((column, i) => {
    const { scale_free } = column
    scale_free.p_adjusted = adjusted[i]
    if (scale_free.verdict !== 'open') return
    const far = scale_free.score === null || scale_free.score >= scale_free.threshold
    scale_free.verdict =
      scale_free.p === null && far ? 'undecided' : far && adjusted[i]! <= level ? 'drifted' : 'stable'
    scale_free.drifted = scale_free.verdict === 'drifted'
  })
  const report: Omit<DriftReport, 'advice'> = {
    format: reportFormat,
    version: 1,
    title: settings.title,
    simulated: settings.simulated,
    reference: summarise(reference),
    current: summarise(current),
    dataset: countDrift(columns, settings),
    thresholds: { dataset_share: datasetShare, scale_free_distance: distanceThreshold, scale_free_level: level },
    quantile_shares: quantileShares,
    windows: [
      ...reference.windows.map(window => ({ ...window, side: 'reference' as const })),
      ...current.windows.map(window => ({ ...window, side: 'current' as const })),
    ],
    columns,
    left_out,
    quality: checkQuality(reference, current, names, {
      ...settings,
      nullGrowth: name => settings.limits[name]?.null_growth,
    }),
  }
  return { ...report, advice: adviseOn(report) }
}

function countDrift(columns: DriftColumn[], { modelInputs, limits }: DriftSettings): DriftReport['dataset'] {
  const counted = columns.filter(({ kind }) => kind === 'market')
  const byEvidently = counted.filter(column => column.evidently.drifted).length
  const byScaleFree = counted.filter(column => column.scale_free.drifted)
  const share = (count: number): number => count / Math.max(counted.length, 1)
  return {
    drifted: share(byEvidently) >= datasetShare,
    share: share(byEvidently),
    count: byEvidently,
    columns: counted.length,
    threshold: datasetShare,
    scale_free: {
      drifted: share(byScaleFree.length) >= datasetShare,
      share: share(byScaleFree.length),
      count: byScaleFree.length,
      undecided: counted.filter(column => column.scale_free.verdict === 'undecided').length,
    },
    model_columns_drifted: modelInputs && byScaleFree.filter(column => column.used_by_model).map(({ name }) => name),
    watched_columns_drifted: columns
      .filter(({ name, evidently, scale_free }) => limits[name] && (evidently.drifted || scale_free.drifted))
      .map(column => column.name),
  }
}

function summarise({ name, rows, products, timed, timeline }: Profile): SideSummary {
  const ends = (pick: 'from' | 'to'): string[] => timeline.products.map(line => line[pick]).sort()
  return { name, rows, products, from: timed ? ends('from')[0] : null, to: timed ? ends('to').at(-1)! : null }
}
