import { maximum } from '../../math/extremes.ts'
import { seededRandom } from '../../math/random.ts'
import { averagePrecision } from '../metrics/metrics.ts'
import type { AuditCheck } from './check.ts'
import { rememberRows } from './deep_trees.ts'
import type { AuditInput } from './input.ts'

const seed = 60
const fittedShare = 0.7

/** What a split that shuffles rows would have claimed with deep trees on the same rows: a figure to distrust. */
export function checkShuffledSplit({ table, split, labels, tau, splits }: AuditInput): AuditCheck {
  const name = 'shuffled_split'
  const random = seededRandom(seed)
  const rows = Int32Array.from([...split.train, ...split.validation, ...split.test]).sort()
  const isFitted = rows.map(() => (random() < fittedShare ? 1 : 0))
  const fitted = rows.filter((_, i) => isFitted[i] === 1)
  const judged = rows.filter((_, i) => isFitted[i] === 0)
  const y = Uint8Array.from(judged, row => labels[row])
  const positives = y.reduce((sum, one) => sum + one, 0)
  if (positives === 0 || positives === y.length || fitted.every(row => labels[row] === 0))
    return { name, verdict: 'warning', detail: 'one class only' }
  const claimed = averagePrecision(y, rememberRows(table, tau, labels, fitted, judged))
  const byTime = Object.values(splits.test.models).flatMap(({ pr_auc }) => pr_auc ?? [])
  const honest = byTime.length > 0 ? maximum(byTime) : null
  return {
    name,
    verdict: 'warning',
    detail: `a random split of the same rows would have claimed PR-AUC ${claimed.toFixed(3)} with deep trees; by time ${honest === null ? 'none is defined here' : `the best here has ${honest.toFixed(3)}`}. Neighbouring seconds share 59 of their 60 returns, so shuffled rows are seen twice`,
    figures: { claimed_pr_auc: claimed, ...(honest !== null && { best_pr_auc_by_time: honest }) },
  }
}
