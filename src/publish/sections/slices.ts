import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import type { Slice } from '../../core/models/metrics/slices.ts'
import { average } from '../../core/models/recipes/average.ts'
import { references, zscore } from '../../core/models/recipes/rules.ts'
import { count, percent, score } from '../numbers.ts'

const kinds: Record<Slice['by'], string> = { product: 'product', regime: 'last 5 min', day: 'day', hour: 'hour (UTC)' }

/**
 * PR-AUC of the recipe and of the rules by product, regime, day and hour, over the walk-forward if there is one, else on test.
 * Parts of fewer than 30 spikes are left out and counted.
 */
export function sliceTable(evaluation: Evaluation) {
  const { walk_forward, splits } = evaluation
  const { slices } = walk_forward ?? splits.test
  const shown = slices.filter(({ pr_auc }) => Object.values(pr_auc).some(value => value !== null))
  if (shown.length === 0) return undefined
  const { name, title } = leadOf(evaluation) ?? average
  const compared = [{ name, short: title }, ...references, zscore].filter(model => model.name in shown[0].pr_auc)
  return {
    source: walk_forward ? 'walk-forward' : 'test segment',
    header: ['By', 'Part', 'Rows', 'Episodes', 'Prevalence', ...compared.map(({ short }) => short)],
    rows: shown.map((slice, i) => [
      i > 0 && shown[i - 1].by === slice.by ? '' : kinds[slice.by],
      slice.name,
      count(slice.rows),
      String(slice.episodes),
      percent(slice.positives / slice.rows),
      ...compared.map(({ name }) => score(slice.pr_auc[name])),
    ]),
    left_out: slices.length - shown.length,
  }
}
