import type { Config } from '../../config.ts'
import { type PenaltyRow, searchPenalty } from '../../core/models/judge/penalty_search.ts'
import { type RoundsRow, searchRounds } from '../../core/models/judge/rounds_search.ts'
import { walkGroups } from '../../core/models/judge/walk_blocks.ts'
import { judgeWalk, type WalkForward } from '../../core/models/judge/walk_forward.ts'
import { recipesOf } from '../../core/models/recipes/all.ts'
import { SpikeError } from '../../errors.ts'
import { readCaptures } from '../replay/captures.ts'

export interface CapturesOptions {
  /** Folder of captures. */
  captures: string
  /** tau = this percentile of each fold's training. */
  percentiles: number[]
  config: Config
  onProgress?: (what: string) => void
}

export interface JudgedCaptures {
  simulated: boolean
  files: { file: string; digest: string; rows: number; labelled: number; group: string }[]
  left_out: { file: string; why: string }[]
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
  onProgress = () => {},
}: CapturesOptions): Promise<JudgedCaptures> {
  const { groups, files, left_out } = await readCaptures(captures, config, file => onProgress(`replaying ${file}`))
  const recipes = recipesOf('captures_walk')
  const { first, block_s } = config.walk_forward
  const walk = { first, block_s, embargo_s: config.split.embargo_s, models: config.models }
  const reports = percentiles.map(percentile => {
    const settings = { ...walk, percentile }
    return judgeWalk(
      walkGroups(groups, recipes, settings, fold => onProgress(`P${percentile}: ${fold}`)),
      settings,
    )
  })
  const inside = { ...walk, percentile: percentiles[0] }
  const search = trySearch(groups, inside)
  const search_rounds = searchRounds(groups, inside)
  return { simulated: files.some(({ simulated }) => simulated), files, left_out, search, search_rounds, reports }
}

function trySearch(...given: Parameters<typeof searchPenalty>): PenaltyRow[] | null {
  try {
    return searchPenalty(...given)
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'TOO_FEW_ROWS') return null
    throw error
  }
}
