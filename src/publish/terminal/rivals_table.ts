import type { Judged } from '../../core/models/judge/rivals.ts'
import { references } from '../../core/models/recipes/rules.ts'
import type { Contender, RetrainResult, RollbackResult } from '../../jobs/train/retrain.ts'
import { aligned, paired, show, wrapped } from './text_table.ts'

/** What became of champion and challenger, the verdict first. */
export function describeRetrain(result: RetrainResult): string {
  const { champion, challenger, moves, why, segment, live, models, former } = result
  const verdict = moves
    ? `The champion moves to the challenger: ${why}.`
    : `The champion stays: ${why}. Nothing was replaced.`
  return [
    ...(champion.simulated || challenger.simulated
      ? ['SIMULATED DATA: these numbers say nothing about a real market.']
      : []),
    wrapped(verdict),
    '',
    `unseen by both: ${stretch(segment)}`,
    aligned([
      ['model', 'PR-AUC', 'trained until'],
      ...['champion', 'challenger'].map(name => line(result, name, name === 'champion' ? champion : challenger)),
      ...references.map(({ name }) => line(result, name)),
      ['prevalence', show(segment.prevalence), ''],
    ]),
    differenceOf(result, result.bar),
    '',
    ...(live === null
      ? ['live: not asked for (--topics ENGINE, where settle has scored the champion)']
      : [
          `live, rows of these on which the champion has spoken: ${live.segment.rows === 0 ? 'none' : stretch(live.segment)}`,
          ...(live.segment.positives === 0
            ? []
            : [
                aligned([
                  ['model', 'PR-AUC'],
                  ['champion, as it said', show(live.pr_auc.champion)],
                  ['challenger, as it would have', show(live.pr_auc.challenger)],
                  ['prevalence', show(live.segment.prevalence)],
                ]),
                differenceOf(live, result.bar),
              ]),
        ]),
    ...(former === null
      ? []
      : ['', `${models} holds the new champion, ${former} the former; undo: retrain --rollback`]),
  ].join('\n')
}

export function describeRollback({ champion, former, models }: RollbackResult): string {
  return `${models} holds the former champion again (${about(champion)}), instead of the one of ${about(former)}; a second --rollback undoes it`
}

function stretch({ from, to, rows, positives, episodes, degenerate }: Judged['segment']): string {
  const held = `${from} to ${to}, ${rows} rows, ${positives} spikes in ${episodes} episodes`
  return degenerate === null ? held : `${held}: too little (${degenerate})`
}

function differenceOf({ difference }: Judged, { level, look }: RetrainResult['bar']): string {
  const shown = difference === null ? '-' : paired(difference)
  return `challenger less champion, ${level.toFixed(2).replace(/0+$/, '')} % by blocks (look ${look} at this stretch): ${shown}`
}

function line({ pr_auc }: Judged, name: string, model?: Contender): string[] {
  return [model === undefined ? name : `${name} (${model.name})`, show(pr_auc[name]), model?.trained_on.to ?? '']
}

function about({ name, trained_on }: Contender): string {
  return `${name}, trained until ${trained_on.to}`
}
