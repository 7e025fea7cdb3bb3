import type { Config } from '../config.ts'
import { type FeatureSpec, features, specVersion, volatilityFloor } from '../features/spec.ts'
import type { Evaluation } from '../models/evaluation.ts'
import { markdownTable } from './markdown.ts'
import { basisPoints, percent } from './numbers.ts'

/**
 * The feature specification as Markdown, from the one list of features, the settings and a named example run.
 * @param picture path of the percentile plot, as it is linked.
 */
export function featureSpec(config: Config, example: Evaluation, picture: string): string {
  const { time, label } = config
  const { horizon_s } = example
  return `# Feature specification, version ${specVersion}

Written from \`features/spec.ts\` by \`npm run docs\`; do not edit by hand.

* **Target horizon**: ${horizon_s} s.
* **Volatility proxy**: sigma_future(T), the rolling sample standard deviation (ddof 1) of the mid-price log returns over the next horizon, r(T+1) … r(T+${horizon_s}). Null if any of them is missing.
* **Label definition**: 1 if sigma_future >= tau, 0 if below, null if sigma_future is null.
* **Chosen threshold tau**: P${label.percentile} of sigma_future over the training segment alone, one a product${label.tau === null ? '' : ' (config.yaml fixes a number instead)'}. In the example run${example.simulated ? ' (**simulated data**)' : ''}: ${tauText(example)}.

## Why this tau

![Percentiles of sigma_future over training with tau${example.simulated ? ', simulated data' : ''}](${picture})

The curve is flat for most seconds and bends upward near its end: there quiet seconds turn into spikes. P${label.percentile} lies at that bend and leaves enough spikes to learn from; a higher percentile would leave a test segment with a handful of episodes, a lower one would call ordinary seconds spikes. By construction the prevalence in training is about ${percent(1 - label.percentile / 100, 0)}; in the example run it is ${percent(example.splits.train.prevalence)} in training, ${percent(example.splits.validation.prevalence)} in validation and ${percent(example.splits.test.prevalence)} in test, because volatility drifts. tau is never computed from validation or test rows; its value and source are in the Parquet metadata, the summary, the report and the model.

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

function tauText({ tau }: Evaluation): string {
  return Object.entries(tau)
    .map(([product, value]) => `${product} ${basisPoints(value)} (${value.toPrecision(6)})`)
    .join(', ')
}
