import type { Config } from '../../../config.ts'
import { SpikeError } from '../../../errors.ts'
import type { FeatureTable } from '../../features/table.ts'
import { isoTime } from '../../math/time.ts'
import { judgedRows } from '../metrics/judged_rows.ts'
import { fitAll } from '../recipes/all.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { RowGroup } from '../split/days.ts'
import { labelRows } from '../split/label.ts'
import { describeSegment } from '../split/segment.ts'
import { labelledRows, leastRows } from '../split/split.ts'
import { leaveOutStill, type Tau, tauFromConfig, tauFromTraining } from '../split/tau.ts'
import { type Fold, type WalkForwardSettings, walkForward } from '../split/walk_forward.ts'
import type { Tell } from '../tell.ts'
import type { JudgedFold } from './stretch.ts'

export interface WalkSettings extends WalkForwardSettings {
  models: Config['models']
  percentile: number
  /** tau as config fixes it, instead of the percentile. */
  tau?: Config['label']['tau']
}

export interface WalkedFold extends JudgedFold {
  group: string
  train_rows: number
  /** Labelled rows before the block whose label, with the embargo, would have reached it. */
  purged: number
  tau: Record<string, number>
}

export interface WalkedBlocks {
  folds: WalkedFold[]
  /** Groups, blocks and products that were left out, with the reason. */
  skipped: { group: string; why: string }[]
}

/**
 * Fits every recipe anew on each fold's past and scores the fold's block; tau comes from the fold's training rows. Rows of a
 * product without training rows, or that stood still in them, have no tau and are not judged.
 * @throws SpikeError TOO_FEW_ROWS when no group can be judged.
 */
export function walkGroups(
  groups: RowGroup[],
  recipes: Recipe[],
  settings: WalkSettings,
  tell: Tell = () => {},
): WalkedBlocks {
  const folds: WalkedFold[] = []
  const skipped: WalkedBlocks['skipped'] = []
  const foldsOf = ({ table, block_s = settings.block_s }: RowGroup) => walkForward(table, { ...settings, block_s })
  const all = groups.reduce((sum, group) => sum + [...foldsOf(group)].length, 0)
  let done = 0
  for (const group of groups) {
    const { name, table } = group
    const labelled = labelledRows(table).length
    if (labelled < leastRows) {
      skipped.push({ group: name, why: `${labelled} labelled rows, at least ${leastRows} are needed` })
      continue
    }
    for (const fold of foldsOf(group)) {
      tell('walking forward', done++, all)
      const { walked, why } = walkFold(name, table, fold, recipes, settings)
      for (const one of why) skipped.push({ group: `${name}, block of ${isoTime(fold.from)}`, why: one })
      if (walked !== null) folds.push(walked)
    }
  }
  if (folds.length > 0) return { folds, skipped }
  throw new SpikeError(
    'TOO_FEW_ROWS',
    skipped.map(({ group, why }) => `${group}: not judged: ${why}`),
  )
}

/** Fits all recipes on the fold's past and lets them score its block; `why` says what is left out. */
function walkFold(
  group: string,
  table: FeatureTable,
  { train: before, judged: block, purged, from }: Fold,
  recipes: Recipe[],
  settings: WalkSettings,
): { walked: WalkedFold | null; why: string[] } {
  const { tau, still } = leaveOutStill(tauOf(table, before, settings))
  const train = before.filter(row => table.product[row] in tau)
  const labels = labelRows(table, tau)
  const judged = block.filter(row => !Number.isNaN(labels[row]))
  const spikes = train.reduce((sum, row) => sum + labels[row], 0)
  const why = still.map(product => `${product} stood still in training, so it has no tau and is left out`)
  const refuse = (reason: string) => ({ walked: null, why: [...why, reason] })
  if (train.length < leastRows / 2)
    return refuse(`${train.length} rows to train on, at least ${leastRows / 2} are needed`)
  if (spikes === train.length || spikes === 0) return refuse('training holds one class only')
  if (judged.length === 0) return refuse('no row of a product with training rows')
  const fitted = fitAll(recipes, { table, rows: train, labels, tau, settings: settings.models })
  const walked: WalkedFold = {
    group,
    train_rows: train.length,
    purged,
    tau,
    segment: { ...describeSegment(table, judged, labels, from), from: isoTime(from) },
    from,
    rows: judgedRows(table, judged, labels, tau, group),
    models: recipes.map(({ name, title, kind, probability }) => {
      const prediction = fitted[name].predict(table, judged)
      return { name, title, kind, probability, threshold: null, ...prediction }
    }),
  }
  return { walked, why }
}

function tauOf(table: FeatureTable, train: Int32Array, { percentile, tau }: WalkSettings): Tau {
  if (tau == null) return tauFromTraining(table, train, percentile)
  return tauFromConfig([...new Set(Array.from(train, row => table.product[row]))], tau)
}
