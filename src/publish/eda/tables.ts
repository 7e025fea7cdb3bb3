import { basisPoints, count, percent, score, utc } from '../numbers.ts'
import type { SessionCoverage } from './coverage.ts'
import type { ReturnMoments, SpreadDistribution } from './distributions.ts'
import type { Exploration } from './explore.ts'
import { type Shown, showTable, showText } from './show.ts'

/** One line on what was read; simulated data is called so first. */
export function describeSource({ simulated, source }: Exploration): Shown {
  const { products, rows, labelled, from, to, digest } = source
  return showText(
    [
      simulated
        ? '**Simulated data.** Every number below comes from the simulated exchange, a seeded random process.'
        : '',
      `${products.join(', ')}, ${utc(from)} to ${utc(to)} UTC: ${count(rows)} rows, ${count(labelled)} of them with sigma_future.`,
      `Digest \`${digest}\`, feature spec ${source.spec_version}.`,
    ]
      .filter(line => line !== '')
      .join('\n\n'),
  )
}

/** Moments of returns by horizon. */
export function returnTable(returns: ReturnMoments[]): Shown {
  return showTable(
    ['Product', 'Horizon (s)', 'Rows', 'Standard deviation', 'Exactly 0', 'Excess kurtosis', 'Largest (sd)'],
    returns.map(({ product, horizon_s, rows, std, zero_share, excess_kurtosis, largest }) => [
      product,
      String(horizon_s),
      count(rows),
      basisPoints(std),
      percent(zero_share),
      score(excess_kurtosis, 1),
      score(largest, 1),
    ]),
    [1, 2, 3, 4, 5, 6],
  )
}

/** Quantiles of the spread. */
export function spreadTable(spreads: SpreadDistribution[]): Shown {
  const shown = [0, 50, 90, 99, 99.9, 100]
  return showTable(
    [
      'Product',
      'Rows',
      ...shown.map(p => (p === 0 ? 'Least (bp)' : p === 100 ? 'Largest (bp)' : `P${p} (bp)`)),
      'ask <= bid',
    ],
    spreads.map(({ product, rows, quantiles, crossed_share }) => [
      product,
      count(rows),
      ...shown.map(p => score(quantiles.find(({ percentile }) => percentile === p)?.spread_bps)),
      percent(crossed_share),
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
}

/** Rank correlations of the strongest features in both halves of training: a relation that flips is noise. */
export function stabilityTable({ relations }: Exploration, most = 10): Shown {
  const rows = relations
    .filter(({ pooled, feature }) => pooled !== null && !feature.startsWith('volatility_'))
    .sort((a, b) => Math.abs(b.pooled ?? 0) - Math.abs(a.pooled ?? 0))
  const products = [...new Set(relations.map(({ product }) => product))]
  return showTable(
    ['Product', 'Feature', 'All of training', 'First half', 'Second half', 'Within 20 min'],
    products.flatMap(product =>
      rows
        .filter(row => row.product === product)
        .slice(0, most)
        .map(({ feature, pooled, first_half, second_half, within }) => [
          product,
          `\`${feature}\``,
          ...[pooled, first_half, second_half, within].map(value => score(value, 2)),
        ]),
    ),
    [2, 3, 4, 5],
  )
}

/** Coverage of each session. */
export function sessionTable(sessions: SessionCoverage[]): Shown {
  return showTable(
    [
      'Product',
      'From (UTC)',
      'To (UTC)',
      'Seconds',
      'With mid',
      'Carried',
      'With sigma_future',
      'Gaps',
      'Longest hole (s)',
    ],
    sessions.map(({ product, from, to, seconds, with_mid, carried, labelled, gaps, longest_hole }) => [
      product,
      utc(from),
      utc(to),
      count(seconds),
      percent(with_mid, 2),
      percent(carried),
      percent(labelled, 2),
      String(gaps),
      String(longest_hole),
    ]),
    [3, 4, 5, 6, 7, 8],
  )
}

/** The features that are null most often. */
export function nullTable({ nulls, source }: Exploration, most = 12): Shown {
  const features = [...new Set(nulls.map(({ feature }) => feature))].slice(0, most)
  if (features.length === 0) return showText('No feature is null anywhere.')
  const share = (feature: string, product: string): string =>
    percent(nulls.find(one => one.feature === feature && one.product === product)?.share ?? 0)
  return showTable(
    ['Feature', ...source.products.map(product => `Null, ${product}`)],
    features.map(feature => [`\`${feature}\``, ...source.products.map(product => share(feature, product))]),
    source.products.map((_, i) => i + 1),
  )
}
