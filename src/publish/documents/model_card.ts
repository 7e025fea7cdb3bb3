import type { Evaluation, ModelReport } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { segmentNames } from '../../core/models/split/split.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { basisPoints, count, percent, utc } from '../numbers.ts'
import { giveVerdict } from '../verdict.ts'
import { cardMetrics } from './card_metrics.ts'
import { frontMatter, usage } from './card_usage.ts'
import { markdownTable } from './markdown.ts'

/** Writes the model card as Markdown, whole or not at all. */
export function writeModelCard(path: string, evaluation: Evaluation): Promise<void> {
  return writeFileAtomically(path, modelCard(evaluation))
}

/** Whether a file begins as our cards do. */
export const isModelCard = (first: string): boolean =>
  first.startsWith('---\nlicense: mit\n') && first.includes('\n# Model card v1: will the next ')

/** The model card of a training run; headings after Mitchell et al. (2019), "Model Cards for Model Reporting". */
export function modelCard(evaluation: Evaluation): string {
  const { simulated, source, horizon_s, spec_version } = evaluation
  const models = Object.values(evaluation.models)
  const learned = models.filter(model => model.kind === 'learned')
  const verdict = giveVerdict(evaluation)
  return `${frontMatter(evaluation)}
# Model card v1: will the next ${horizon_s} seconds be a volatility spike?
${simulated ? '\n> **Simulated data.** Every number below comes from the simulated exchange, a seeded random process, not from a market.\n' : ''}
**${verdict.sentence}** ${verdict.caution}

## Model

${learned.map(model => `* **${model.title}**: ${plain(model.recipe)}. Parameters: ${parameters(model)}.`).join('\n')}
* Output: the probability that sigma_future(T), the sample standard deviation of the ${horizon_s} one-second log returns of the mid after T, is at least tau.
* Input: one row of features at a whole second T, made of events before T alone; see \`docs/feature_spec.md\` (spec version ${spec_version}).
* Missing values: training median and an indicator${evaluation.imputed.length > 0 ? ` (${names(evaluation.imputed)})` : ''}.${evaluation.dropped.length > 0 ? ` Not used: ${evaluation.dropped.join(', ')}.` : ''}
* Compared with ${models
    .filter(model => model.kind === 'baseline')
    .map(model => `**${model.title}** (${plain(model.recipe)})`)
    .join(', ')}.

${usage(leadOf(evaluation)?.name ?? learned[0].name)}

## Intended use

* For: study of short-term volatility, alerts to a person, a base for comparison with other models.
* Not for: trading decisions, the direction of a price, other products, other venues or other horizons than those below.
* Users: people who run this pipeline and read the evaluation report beside the score.

## Data

${dataOf(evaluation)}

${cardMetrics(evaluation)}

**Audit: ${evaluation.audit.passed ? 'passed' : 'failed'}.**

${evaluation.audit.checks.map(check => `* ${check.name}: ${check.verdict}. ${check.detail}`).join('\n')}

## Ethics and limits

* Public market data only: no personal data, no accounts, no orders. Nothing here is advice to trade.
* An alarm can mislead: even at the chosen threshold many alarms are wrong (precision above). Show it with its base rate.
* One stretch of time is one sample. Neighbouring seconds share most of their horizon, so independent minutes are far fewer than rows; another day can be of another kind.
* Levels of volatility drift. Watch the drift report, and refit with a new tau when it says so.
* News, outages, other venues and the deeper book are not seen.

## Reproduce

* Digest of the feature rows: \`${source.digest}\`
* Config hash: \`${evaluation.config_hash}\`; spec version ${spec_version}; feature file \`${source.file}\`

\`\`\`
${simulated ? 'npm run demo' : "npm run replay -- --raw 'data/raw/*.ndjson' --out data/processed/features.parquet\nnpm run train -- --features data/processed/features.parquet"}
\`\`\`
`
}

function dataOf({ simulated, source, splits, tau, tau_source }: Evaluation): string {
  const unlabelled = source.rows - source.labelled
  return `* ${simulated ? 'Simulated exchange of this project, speaking the wire protocol of Coinbase Advanced Trade' : 'Public market data (top of the book and trades)'}; products ${source.products.join(', ')}.
* ${utc(source.from)} to ${utc(source.to)} UTC; ${count(source.rows)} rows, ${count(source.labelled)} of them with a label. ${count(unlabelled)} (${percent(unlabelled / source.rows)}) have none: they lie next to gaps, resets or the end of the data.
* tau: ${Object.entries(tau)
    .map(([product, value]) => `${product} ${basisPoints(value)} (${value.toPrecision(6)})`)
    .join(', ')}. Source: ${tau_source}.
* Split by time, ${count(splits.purged_rows)} rows purged so that no label of a fitted row reaches a later segment, embargo ${splits.embargo_s} s:

${markdownTable(
  ['Segment', 'First row (UTC)', 'Last row (UTC)', 'Rows', 'Spikes', 'Episodes', 'Prevalence', 'Degenerate'],
  segmentNames.map(name => {
    const { from, to, rows, positives, episodes, prevalence, degenerate } = splits[name]
    return [
      name,
      utc(from),
      utc(to),
      count(rows),
      count(positives),
      count(episodes),
      percent(prevalence),
      degenerate ?? 'no',
    ]
  }),
  [3, 4, 5, 6],
)}`
}

function parameters(model: ModelReport): string {
  const pairs = Object.entries(model.params).map(([name, value]) => `${name} = ${value}`)
  return pairs.length > 0 ? pairs.join('; ') : 'none'
}

function names(features: string[]): string {
  return features.map(name => `\`${name}\``).join(', ')
}

function plain(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
