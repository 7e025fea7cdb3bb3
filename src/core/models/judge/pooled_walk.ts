import { SpikeError } from '../../../errors.ts'
import type { FeatureTable } from '../../features/table.ts'
import type { JudgedRows } from '../metrics/judged_rows.ts'
import type { Model } from '../recipes/model.ts'
import { isoTime } from '../split/segment.ts'
import { labelledRows, leastRows } from '../split/split.ts'
import { walkForward } from '../split/walk_forward.ts'
import { type FoldPart, type FoldSummary, judgeFold, type WalkSettings } from './judge_fold.ts'

/** The captures of one day, as one table. */
export interface CaptureGroup {
  name: string
  table: FeatureTable
}

/** All judged rows of all folds, one array a column, groups one after the other. */
export interface Pooled extends JudgedRows {
  folds: FoldSummary[]
  fold: Int32Array
  models: Record<string, { model: Model; score: Float64Array; sigma: Float64Array | null }>
  /** Groups that were left out, with the reason. */
  skipped: { group: string; why: string }[]
}

/**
 * Fits every model anew on each fold's past and scores the fold's block; tau comes from the fold's training rows. Rows of a
 * product without training rows, or that stood still in them, have no tau and are not judged.
 * @throws SpikeError TOO_FEW_ROWS when no group can be judged.
 */
export function walkGroups(
  groups: CaptureGroup[],
  models: Model[],
  settings: WalkSettings,
  onFold: (done: string) => void = () => {},
): Pooled {
  const parts: FoldPart[] = []
  const skipped: Pooled['skipped'] = []
  for (const { name, table } of groups) {
    const labelled = labelledRows(table).length
    if (labelled < leastRows) {
      skipped.push({ group: name, why: `${labelled} labelled rows, at least ${leastRows} are needed` })
      continue
    }
    for (const fold of walkForward(table, settings)) {
      const block = `${name}, block of ${isoTime(fold.from)}`
      const { part, why } = judgeFold(name, table, fold, models, settings)
      skipped.push(...why.map(one => ({ group: block, why: one })))
      if (part !== null) parts.push(part)
      onFold(`${name} ${isoTime(fold.from).slice(11, 19)}`)
    }
  }
  if (parts.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      skipped.map(({ group, why }) => `${group}: not judged: ${why}`),
    )
  return { ...poolParts(parts, models), skipped }
}

function poolParts(parts: FoldPart[], models: Model[]): Omit<Pooled, 'skipped'> {
  const numbers = (of: (part: FoldPart, row: number) => number): Float64Array =>
    Float64Array.from(parts.flatMap(part => Array.from(part.judged, row => of(part, row))))
  const texts = (of: (part: FoldPart, row: number) => string): string[] =>
    parts.flatMap(part => Array.from(part.judged, row => of(part, row)))
  const joined = (arrays: Float64Array[]): Float64Array => Float64Array.from(arrays.flatMap(array => Array.from(array)))
  return {
    folds: parts.map(part => part.summary),
    group: texts(part => part.summary.group),
    fold: Int32Array.from(parts.flatMap((part, i) => Array.from(part.judged, () => i))),
    product: texts(({ table }, row) => table.product[row]),
    time: numbers(({ table }, row) => table.time[row]),
    label: numbers(({ labels }, row) => labels[row]),
    sigma: numbers(({ table }, row) => table.sigma_future[row]),
    tau: numbers(({ table, tau }, row) => tau[table.product[row]]),
    volatility: numbers(({ table }, row) => table.columns.volatility_60s[row]),
    level: numbers(({ table }, row) => table.columns.volatility_300s[row]),
    models: Object.fromEntries(
      models.map((model, i) => {
        const predictions = parts.map(part => part.predictions[i])
        const sigma = predictions.every(({ sigma }) => sigma !== null) ? predictions.map(({ sigma }) => sigma!) : null
        return [
          model.name,
          { model, score: joined(predictions.map(({ score }) => score)), sigma: sigma && joined(sigma) },
        ]
      }),
    ),
  }
}
