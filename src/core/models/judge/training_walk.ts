import type { Config } from '../../../config.ts'
import { SpikeError } from '../../../errors.ts'
import type { FeatureTable } from '../../features/table.ts'
import { recipesOf } from '../recipes/all.ts'
import { type RowGroup, splitDays } from '../split/days.ts'
import { walkForward } from '../split/walk_forward.ts'
import type { Tell } from '../tell.ts'
import type { Evaluation } from './evaluation.ts'
import { type WalkSettings, walkGroups } from './walk_blocks.ts'
import { judgeWalk } from './walk_forward.ts'

/**
 * The recipes of a training, fitted anew block by block through its own file. Nothing is chosen by it, so it may pass over
 * validation and test. Blocks are made longer until all folds together train on at most `walk_forward.most_rows` rows.
 * @returns the report, or null and the reason.
 */
export function walkTraining(
  table: FeatureTable,
  config: Config,
  tell: Tell = () => {},
): Pick<Evaluation, 'walk_forward' | 'walk_forward_missing'> {
  const { most_rows, ...walk } = config.walk_forward
  if (most_rows === 0) return missing('switched off in the config (walk_forward.most_rows is 0)')
  const days = splitDays(table, config.time.session_reset_s)
  const { percentile, tau } = config.label
  const shortest = { ...walk, embargo_s: config.split.embargo_s, percentile, tau, models: config.models }
  const settings = longEnough(days, shortest, most_rows)
  if (settings === null)
    return missing(`even one fold would train on more than ${most_rows} rows (walk_forward.most_rows)`)
  try {
    const walked = walkGroups(days, recipesOf('training_walk'), settings, tell)
    return { walk_forward: judgeWalk(walked, settings), walk_forward_missing: null }
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'TOO_FEW_ROWS') return missing(error.faults.join('; '))
    throw error
  }
}

/**
 * The shortest doubling of the block with which all folds together train on at most `most` rows: what a walk costs grows with the
 * rows then, not with their square. @returns null where even one fold a day trains on more.
 */
export function longEnough(days: RowGroup[], settings: WalkSettings, most: number): WalkSettings | null {
  for (let { block_s } = settings; ; block_s *= 2) {
    let folds = 0
    let rows = 0
    for (const { table } of days)
      for (const { train } of walkForward(table, { ...settings, block_s })) {
        folds++
        rows += train.length
      }
    if (rows <= most) return { ...settings, block_s }
    if (folds <= days.length) return null
  }
}

function missing(why: string) {
  return { walk_forward: null, walk_forward_missing: why }
}
