import type { Rivals } from '../../core/models/judge/rivals.ts'
import { references } from '../../core/models/recipes/rules.ts'
import type { Contender, RetrainResult, RollbackResult } from '../../jobs/train/retrain.ts'
import { aligned, paired, show, wrapped } from './text_table.ts'

/** What became of champion and challenger, the verdict first. */
export function describeRetrain(result: RetrainResult): string {
  const { champion, challenger, moves, why, segment, difference, models, former } = result
  const { from, to, rows, positives, episodes } = segment
  const verdict = moves
    ? `The champion moves to the challenger: ${why}.`
    : `The champion stays: ${why}. Nothing was replaced.`
  return [
    ...(champion.simulated || challenger.simulated
      ? ['SIMULATED DATA: these numbers say nothing about a real market.']
      : []),
    wrapped(verdict),
    '',
    `unseen by both: ${from} to ${to}, ${rows} rows, ${positives} spikes in ${episodes} episodes`,
    aligned([
      ['model', 'PR-AUC', 'trained until'],
      ...['champion', 'challenger'].map(name => line(result, name, name === 'champion' ? champion : challenger)),
      ...references.map(({ name }) => line(result, name)),
      ['prevalence', show(segment.prevalence), ''],
    ]),
    `challenger less champion, 95 % by blocks: ${difference === null ? '-' : paired(difference)}`,
    ...(former === null
      ? []
      : ['', `${models} holds the new champion, ${former} the former; undo: retrain --rollback`]),
  ].join('\n')
}

export function describeRollback({ champion, former, models }: RollbackResult): string {
  return `${models} holds the former champion again (${about(champion)}), instead of the one of ${about(former)}; a second --rollback undoes it`
}

function line({ pr_auc }: Rivals, name: string, model?: Contender): string[] {
  return [model === undefined ? name : `${name} (${model.name})`, show(pr_auc[name]), model?.trained_on.to ?? '']
}

function about({ name, trained_on }: Contender): string {
  return `${name}, trained until ${trained_on.to}`
}
