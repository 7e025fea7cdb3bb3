import type { Config } from '../../config.ts'
import { type FullReport, reportPooled } from '../../core/models/judge/full_report.ts'
import { walkGroups } from '../../core/models/judge/pooled_walk.ts'
import { type SearchRow, searchPenalty } from '../../core/models/judge/search.ts'
import { type RoundsRow, searchRounds } from '../../core/models/judge/search_rounds.ts'
import { contestants } from '../../core/models/recipes/all.ts'
import { SpikeError } from '../../errors.ts'
import { readCaptures } from '../replay/captures.ts'

export interface FullOptions {
  /** Folder of captures. */
  captures: string
  /** tau = this percentile of each fold's training. */
  percentiles: number[]
  config: Config
  onProgress?: (what: string) => void
}

export interface FullResult {
  simulated: boolean
  files: { file: string; digest: string; rows: number; labelled: number; group: string }[]
  left_out: { file: string; why: string }[]
  /** The penalty by walk-forward inside the first share of each day; null where that is too short. */
  search: SearchRow[] | null
  /** Where early stopping would end the trees, inside the first share of each day. */
  search_rounds: RoundsRow[]
  reports: FullReport[]
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
}: FullOptions): Promise<FullResult> {
  const { groups, files, left_out } = await readCaptures(captures, config, file => onProgress(`replaying ${file}`))
  const models = contestants(config)
  const { first, block_s } = config.walk_forward
  const walk = { first, block_s, embargo_s: config.split.embargo_s }
  const reports = percentiles.map(percentile => {
    const pooled = walkGroups(groups, models, { ...walk, percentile }, fold => onProgress(`P${percentile}: ${fold}`))
    return reportPooled(pooled, config, { ...walk, percentile })
  })
  const search = trySearch(groups, config, { ...walk, percentile: percentiles[0] })
  const search_rounds = searchRounds(groups, config, { ...walk, percentile: percentiles[0] })
  return { simulated: files.some(({ simulated }) => simulated), files, left_out, search, search_rounds, reports }
}

function trySearch(...given: Parameters<typeof searchPenalty>): SearchRow[] | null {
  try {
    return searchPenalty(...given)
  } catch (error) {
    if (error instanceof SpikeError && error.code === 'TOO_FEW_ROWS') return null
    throw error
  }
}
