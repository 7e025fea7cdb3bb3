import type { Evaluation, Slice } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../headline.ts'
import { count, percent, score } from '../numbers.ts'

const kinds: Record<Slice['by'], string> = { product: 'product', regime: 'last 5 min', day: 'day', hour: 'hour (UTC)' }
const compared: Record<string, string> = {
  persistence: 'Persistence 60 s',
  persistence_300s: 'Persistence 300 s',
  ewma_120s: 'EWMA 120 s',
  zscore: 'z-score rule',
}

/**
 * PR-AUC of the recipe and of the rules by product, regime, day and hour, over the walk-forward if there is one, else on test.
 * Parts of fewer than 30 spikes are left out and counted.
 */
export function sliceTable({ models, slices, walk_forward: report }: Evaluation) {
  const all = report ? report.slices : (slices ?? [])
  const lead = leadOf(Object.values(models))?.name ?? 'average'
  const shown = all.filter(({ pr_auc }) => Object.values(pr_auc).some(value => value !== null))
  if (shown.length === 0) return undefined
  const names = [lead, ...Object.keys(compared)].filter(name => shown.some(({ pr_auc }) => name in pr_auc))
  return {
    source: report ? 'walk-forward' : 'test segment',
    header: [
      'By',
      'Part',
      'Rows',
      'Episodes',
      'Prevalence',
      ...names.map(name => compared[name] ?? models[name]?.title ?? name),
    ],
    rows: shown.map((slice, i) => [
      i > 0 && shown[i - 1].by === slice.by ? '' : (kinds[slice.by] ?? slice.by),
      slice.name,
      count(slice.rows),
      String(slice.episodes),
      percent(slice.positives / slice.rows),
      ...names.map(name => score(slice.pr_auc[name])),
    ]),
    left_out: all.length - shown.length,
  }
}
