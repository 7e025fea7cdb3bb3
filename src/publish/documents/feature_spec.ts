import type { Config } from '../../config.ts'
import { type FeatureSpec, volatilityFloor } from '../../core/features/feature.ts'
import { features, specVersion } from '../../core/features/spec.ts'
import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import type { Exploration } from '../eda/explore.ts'
import { compareCandidates, weighCandidates } from '../eda/tau_tables.ts'
import { basisPoints, percent } from '../numbers.ts'
import { tauChoiceOf } from '../plots/tau_plots.ts'
import { markdownTable } from './markdown.ts'

/**
 * The feature specification as Markdown, from the one list of features, the settings and a named example run.
 * @param exploration of the example's feature file; without it the comparison of candidates for tau is left out.
 * The pictures of `plotTau` are linked as `pictures/<name>.png`.
 */
export function featureSpec(config: Config, example: Evaluation, exploration?: Exploration): string {
  const { time, label } = config
  const { horizon_s } = example
  return `# Feature specification, version ${specVersion}

Written from \`src/core/features/spec.ts\` by \`npm run docs\`; do not edit by hand.

* **Target horizon**: ${horizon_s} s.
* **Volatility proxy**: sigma_future(T), the rolling sample standard deviation (ddof 1) of the mid-price log returns over the next horizon, r(T+1) … r(T+${horizon_s}). Null if any of them is missing.
* **Label definition**: 1 if sigma_future >= tau, 0 if below, null if sigma_future is null.
* **Chosen threshold tau**: P${label.percentile} of sigma_future over the training segment alone, one a product${label.tau === null ? '' : ' (config.yaml fixes a number instead)'}. In the example run${example.simulated ? ' (**simulated data**)' : ''}: ${tauText(example)}.

## Why this tau

${whyThisTau(config, example, exploration)}

tau is never computed from validation or test rows; its value and source are in the Parquet metadata, the summary, the report and the model.

${markdownTable(
  ['Product', 'tau', 'exact', 'source'],
  Object.entries(example.tau).map(([product, tau]) => [
    product,
    basisPoints(tau),
    tau.toPrecision(6),
    example.tau_source,
  ]),
  [1, 2],
)}

## Rows

* A **bar** is the one-second window of events with s <= time < s+1, by the exchange's clock. Its row's time is T = s+1; nothing at or after T is used.
* **mid(T)** = (bid+ask)/2 of the last quote of the bar that ends at T, else carried from an earlier bar for up to ${time.carry_s} s. No mid, no row.
* **r(T)** = ln(mid(T)/mid(T-1)); missing if either mid is missing.
* A bar closes when the watermark (highest event time less ${time.out_of_orderness_s} s) reaches its end. Later events go to \`ticks.late\` and are counted.
* After ${time.session_reset_s} s without quotes or trades a product starts anew; no window crosses such a reset.
* A feature with a coverage rule is null where less than ${percent(config.features.min_coverage, 0)} of its look-back holds a mid.
* Every feature is a function of the last N bars, N in the table, folded in a fixed order: live, replay and batch agree bit for bit.
* Logs and ratios of volatilities use max(x, ${volatilityFloor}).

## Features

${features.length} columns, in the order of the Parquet file. Look-back in seconds, the bar that ends at T included; 0: only the time T.

${markdownTable(['Name', 'Unit', 'Formula', 'Look-back', 'Null when', 'Source'], features.map(row), [3])}

Beside them: \`product\` (text), \`time\` (T, UTC), \`sigma_future\` (log return, null where not known), and \`label\` (0/1) in the files of the splits.
`
}

function row({ name, unit, formula, lookback, nullRule, coverageOf, source }: FeatureSpec): string[] {
  const rules = [
    ...(coverageOf > 0 ? [`coverage of ${coverageOf} s too low`] : []),
    ...(nullRule === '' ? [] : [nullRule]),
  ]
  return [`\`${name}\``, unit, `\`${formula}\``, String(lookback), rules.join('; ') || 'never', source]
}

function whyThisTau({ label }: Config, example: Evaluation, exploration?: Exploration): string {
  const picture = (name: string, words: string): string =>
    `![${words}${example.simulated ? ', simulated data' : ''}](pictures/${name}.png)`
  const { train, validation, test } = example.splits
  const shares = `The share of spikes is ${percent(train.prevalence)} in training, ${percent(validation.prevalence)} in validation and ${percent(test.prevalence)} in test, because volatility drifts.`
  const choice = tauChoiceOf(example, exploration)
  if (choice === undefined)
    return `${picture('sigma_percentiles', 'Percentiles of sigma_future over training with tau')}\n\n${shares}`
  const { header, rows, right } = compareCandidates(choice)
  return `${picture('tau_candidates', 'Percentiles of sigma_future over training with the candidates for tau')}

The curve is flat for most seconds and bends upward near its end: there quiet seconds turn into spikes. A lower tau calls ordinary seconds spikes; a higher one leaves few episodes, lies where the curve is steep, and so hangs on single stretches of training. The run's own numbers, each tau from training rows alone, the later segments only counted with it:

${markdownTable(header, rows, right)}

${weighCandidates(choice)
  .map(line => `* ${line}`)
  .join('\n')}

P${label.percentile} was fixed before any score was seen; it makes ${percent(1 - label.percentile / 100, 0)} of the training seconds spikes by construction. ${shares}

${picture('spike_share_over_time', 'Share of spike seconds over time for each candidate')}`
}

function tauText({ tau }: Evaluation): string {
  return Object.entries(tau)
    .map(([product, value]) => `${product} ${basisPoints(value)} (${value.toPrecision(6)})`)
    .join(', ')
}
