import { alarmRates, type FileFigures } from '../../core/models/judge/judged_files.ts'
import type { ModelOverFiles, OverFiles } from '../../core/models/judge/over_files.ts'
import type { AlarmSummary } from '../../core/models/metrics/alarms.ts'
import { ewma, persistence } from '../../core/models/recipes/rules.ts'
import type { JudgedOthers } from '../../jobs/train/judge_others.ts'
import type { SealedRecord } from '../../jobs/train/sealed_record.ts'
import { aligned, range, show, wrapped } from './text_table.ts'

/** What `train --full --judge` found, for a terminal: each file by itself, then all files, each as heavy as another. */
export function describeJudged(result: JudgedOthers, { look }: Pick<SealedRecord, 'look'>): string {
  const { simulated, fitted_on, left_out, files, recipe, pooled } = result
  return [
    ...(simulated ? ['SIMULATED DATA: these numbers say nothing about a real market.', ''] : []),
    wrapped(
      `Recipe ${recipe}, fitted on ${fitted_on.length} files, judged on ${files.length} others: tau = a percentile of a file's first share, judged is the rest.`,
    ),
    ...(look > 1 ? [`Look ${look} at these files: figures that were looked at before are no test any more.`] : []),
    ...left_out.map(({ file, why }) => `left out: ${file}: ${why}`),
    ...files.flatMap(({ file, rows, episodes, prevalence, models, moved, alarms, presumed_leak }) => [
      '',
      `${file}: ${rows} rows, ${episodes} episodes, prevalence ${show(prevalence)}`,
      aligned([
        ['model', 'PR-AUC', 'within 10 %', 'RMSE ln sigma', 'Brier skill'],
        ...Object.entries(models).map(([name, one]) => [name, ...figures(one)]),
        [`${recipe}, moved in time`, show(moved.pr_auc), show(moved.within_10), '-', '-'],
      ]),
      aligned([
        ['onsets caught (median lead)', ...alarmRates.map(rate => `at ${rate} false an hour`)],
        ...Object.entries(alarms).map(([name, at]) => [name, ...at.map(caught)]),
      ]),
      sentenceOf(models[recipe], models[ewma.name]),
      ...(presumed_leak
        ? ['PRESUMED A LEAK: no forecast is so much better than every baseline on the same rows.']
        : []),
    ]),
    '',
    `Mean over files, each as heavy as another (95 % interval: files drawn anew; [worst file]):`,
    aligned([
      ['model', `PR-AUC / ${ewma.name}`, `RMSE / ${ewma.name}`, `within / ${persistence.name}`, 'Brier skill'],
      ...Object.entries(pooled.models).map(([name, one]) => [name, ...overall(one)]),
    ]),
  ].join('\n')
}

function figures({ pr_auc, within_10, rmse_ln_sigma, brier_skill }: FileFigures): string[] {
  return [pr_auc, within_10, rmse_ln_sigma, brier_skill].map(show)
}

function caught({ caught, onsets, lead_s }: AlarmSummary): string {
  return `${caught} of ${onsets}${lead_s === null ? '' : ` (${lead_s} s)`}`
}

/** What a file says of the recipe, in words. */
function sentenceOf(own: FileFigures, baseline: FileFigures): string {
  const ranks = own.pr_auc >= baseline.pr_auc ? 'ranks better than' : 'ranks worse than'
  const errs = own.rmse_ln_sigma <= baseline.rmse_ln_sigma ? 'less' : 'more'
  const odds = (own.brier_skill ?? 0) > 0 ? 'better' : 'no better'
  return `Here it ${ranks} EWMA, errs ${errs} in sigma, and its odds are ${odds} than the base rate known afterwards.`
}

function overall({ pr_auc_ratio, rmse_ratio, within_ratio, brier_skill }: ModelOverFiles): string[] {
  return [pr_auc_ratio, rmse_ratio, within_ratio, brier_skill].map(one => (one === null ? '-' : shown(one)))
}

function shown({ value, low, high, worst }: OverFiles): string {
  return `${show(value)} (${range(low, high)}) [${show(worst)}]`
}
