import type { Config } from '../../config.ts'
import { type PenaltyRow, searchPenalty } from '../../core/models/judge/penalty_search.ts'
import { type RoundsRow, searchRounds } from '../../core/models/judge/rounds_search.ts'
import { longEnough } from '../../core/models/judge/training_walk.ts'
import { walkGroups } from '../../core/models/judge/walk_blocks.ts'
import { judgeWalk, type WalkForward } from '../../core/models/judge/walk_forward.ts'
import { recipesOf } from '../../core/models/recipes/all.ts'
import { SpikeError } from '../../errors.ts'
import type { Say } from '../../operations/progress.ts'
import { readCaptures } from '../replay/captures.ts'

export interface CapturesOptions {
  /** Folder of captures. */
  captures: string
  /** tau = this percentile of each fold's training. */
  percentiles: number[]
  config: Config
  say?: Say
}

export interface JudgedCaptures {
  simulated: boolean
  files: { file: string; digest: string; rows: number; labelled: number; group: string }[]
  left_out: { file: string; why: string }[]
  /** Days whose blocks are longer than config says, so that their folds train on no more than walk_forward.most_rows together. */
  longer_blocks: { group: string; block_s: number }[]
  /** The penalty by walk-forward inside the first share of each day; null where that is too short. */
  search: PenaltyRow[] | null
  /** Where early stopping would end the trees, inside the first share of each day. */
  search_rounds: RoundsRow[]
  /** One a percentile. */
  reports: WalkForward[]
}

/**
 * Judges the fixed recipe and everything beside it by walk-forward on the captures of a folder.
 * @throws SpikeError BAD_FILE, TOO_FEW_ROWS, AUDIT_FAILED.
 */
export async function judgeCaptures({
  captures,
  percentiles,
  config,
  say = () => {},
}: CapturesOptions): Promise<JudgedCaptures> {
  const {
    groups: days,
    files,
    left_out,
  } = await readCaptures(captures, config, (file, done, of) => say(`replaying ${file}`, done, of))
  const recipes = recipesOf('captures_walk')
  const { first, block_s, most_rows } = config.walk_forward
  const walk = { first, block_s, embargo_s: config.split.embargo_s, models: config.models }
  const groups = days.map(day => {
    const longer = longEnough([day], { ...walk, percentile: percentiles[0] }, most_rows || Number.POSITIVE_INFINITY)
    return { ...day, block_s: longer?.block_s ?? wholeDay }
  })
  const reports = percentiles.map(percentile => {
    const settings = { ...walk, percentile }
    return judgeWalk(
      walkGroups(groups, recipes, settings, (what, ...far) => say(`P${percentile}: ${what}`, ...far)),
      settings,
    )
  })
  say('searching the penalty and the rounds')
  const inside = { ...walk, percentile: percentiles[0] }
  const search = trySearch(groups, inside)
  const search_rounds = searchRounds(groups, inside)
  const longer_blocks = groups
    .filter(group => group.block_s > block_s)
    .map(({ name, block_s }) => ({ group: name, block_s }))
  return {
    simulated: files.some(({ simulated }) => simulated),
    ...{ files, left_out, longer_blocks, search, search_rounds, reports },
  }
}

/** One fold, for a day of which even that trains on more rows than are wanted. */
const wholeDay = 1e9

function trySearch(...given: Parameters<typeof searchPenalty>): PenaltyRow[] | null {
  try {
    return searchPenalty(...given)
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'TOO_FEW_ROWS') return null
    throw error
  }
}
