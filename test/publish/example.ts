import { readConfig } from '../../config.ts'
import type { Evaluation, Metrics, ModelResult, Segment } from '../../models/evaluation.ts'
import { type Exploration, explore } from '../../publish/eda/explore.ts'
import type { Strip } from '../../publish/strip.ts'
import { makeMarket } from './eda/market.ts'

/** A small seeded generator (mulberry32), for fixtures only. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const prevalence = { validation: 0.118, test: 0.104 }

function metrics(prAuc: number, prior: number, probability: boolean): Metrics {
  return {
    rows: 5580,
    positives: Math.round(5580 * prior),
    episodes: 14,
    prevalence: prior,
    pr_auc: prAuc,
    pr_auc_low: prAuc * 0.72,
    pr_auc_high: prAuc * 1.31,
    roc_auc: 0.5 + prAuc * 0.8,
    f1: prAuc * 1.2,
    precision: prAuc * 1.05,
    recall: prAuc * 1.4,
    threshold: probability ? 0.17 : 1.12,
    brier: probability ? 0.085 : null,
    log_loss: probability ? 0.302 : null,
    degenerate: probability
      ? {}
      : { brier: 'the score is not a probability', log_loss: 'the score is not a probability' },
  }
}

function model(name: string, title: string, kind: ModelResult['kind'], recipe: string, prAuc: number): ModelResult {
  const next = seeded(name.length)
  const learned = kind === 'learned'
  return {
    name,
    title,
    kind,
    recipe,
    params: learned ? { l2: 1 } : {},
    validation: metrics(prAuc * 1.04, prevalence.validation, learned),
    test: metrics(prAuc, prevalence.test, learned),
    curve: Array.from({ length: 120 }, (_, i) => {
      const recall = (i + 1) / 120
      const top = Math.min(0.95, prAuc * 2.2)
      return {
        recall,
        precision: prevalence.test + (top - prevalence.test) * (1 - recall) ** 1.3 * (0.9 + 0.2 * next()),
      }
    }),
    reliability: learned
      ? [0.03, 0.13, 0.24, 0.35, 0.44, 0.56].map((predicted, i) => ({
          predicted,
          observed: predicted * (0.8 + 0.4 * next()),
          rows: [3900, 1050, 380, 160, 70, 20][i],
        }))
      : [],
    ...(learned && {
      weights: [
        { feature: 'log_volatility_60s', weight: 0.51 },
        { feature: 'har_5m', weight: 0.34 },
        { feature: 'spread_mean_300s', weight: -0.12 },
      ],
    }),
  }
}

function segment(from: string, to: string, rows: number, prior: number): Segment {
  return { from, to, rows, positives: Math.round(rows * prior), episodes: 14, prevalence: prior, degenerate: null }
}

/** A made-up evaluation in the shape of a real one; every number is invented. */
export function exampleEvaluation(changes: Partial<Evaluation> = {}): Evaluation {
  const products = ['BTC-USD', 'ETH-USD']
  return {
    simulated: true,
    spec_version: '1',
    config_hash: 'c0ffee00c0ffee00',
    source: {
      file: 'data/processed/features.parquet',
      digest: '60'.repeat(32),
      rows: 28_640,
      labelled: 28_120,
      products,
      from: '2026-01-05T00:00:02.000Z',
      to: '2026-01-05T03:59:56.000Z',
    },
    horizon_s: 60,
    percentile: 90,
    tau: { 'BTC-USD': 0.000071, 'ETH-USD': 0.000094 },
    tau_source: 'P90 of sigma_future over the training segment, one a product',
    splits: {
      train: segment('2026-01-05T00:00:02.000Z', '2026-01-05T02:21:40.000Z', 16_690, 0.1),
      validation: segment('2026-01-05T02:23:41.000Z', '2026-01-05T03:09:50.000Z', 5390, prevalence.validation),
      test: segment('2026-01-05T03:11:51.000Z', '2026-01-05T03:58:56.000Z', 5580, prevalence.test),
      purged_rows: 480,
      embargo_s: 60,
    },
    models: {
      persistence: model('persistence', 'Persistence', 'baseline', 'volatility_60s over tau', 0.262),
      zscore: model('zscore', 'z-score rule', 'baseline', 'volatility_zscore_900s', 0.171),
      logistic: model('logistic', 'Logistic regression', 'learned', 'L2 logistic on standardised features', 0.318),
    },
    audit: {
      passed: true,
      checks: [
        {
          name: 'spans',
          verdict: 'passed',
          detail: 'no label of a fitted row reaches a later judged row; smallest distance 61 s',
        },
        { name: 'tau', verdict: 'passed', detail: 'equals the percentile recomputed from training rows alone' },
        {
          name: 'single feature',
          verdict: 'warning',
          detail: 'largest ROC-AUC of one feature on test: .81 (log_volatility_60s)',
        },
      ],
    },
    dropped: ['imbalance (constant in training)'],
    imputed: ['roll_300s'],
    sigma_percentiles: products.flatMap(product =>
      Array.from({ length: 99 }, (_, i) => ({
        product,
        percentile: i + 1,
        sigma:
          (product === 'BTC-USD' ? 0.000071 : 0.000094) *
          Math.exp(2.2 * ((i + 1) / 100 - 0.9) + ((i + 1) / 100) ** 12 - 0.28),
      })),
    ),
    ...changes,
  }
}

/** A made-up strip of test seconds that fits `exampleEvaluation`. */
export function exampleStrip(): Strip {
  const next = seeded(60)
  const from = Date.parse('2026-01-05T03:11:51Z')
  return {
    products: ['BTC-USD', 'ETH-USD'].map((product, p) => {
      const tau = [0.000071, 0.000094][p]
      let mid = [67_000, 2050][p]
      const points = Array.from({ length: 350 }, (_, i) => {
        const sigma =
          tau * (0.6 + 0.3 * Math.sin(i / 23 + p) + 0.35 * Math.max(0, Math.sin(i / 40)) ** 8 + 0.1 * next())
        mid *= Math.exp(sigma * 4 * (next() - 0.5))
        return { time: new Date(from + i * 8000).toISOString(), mid, sigma, spike: sigma >= tau }
      })
      return { product, tau, points }
    }),
  }
}

/** The exploration of a made-up market of two products whose volatility comes in waves. */
export function exampleExploration(simulated = true): Exploration {
  const sigmaAt = (second: number): number => 1e-4 * (1 + 2 * Math.max(0, Math.sin(second / 700)) ** 4)
  const table = makeMarket({ products: ['BTC-USD', 'ETH-USD'], seconds: 4500, sigmaAt })
  return explore(table, { 'spike60.simulated': String(simulated), 'spike60.digest': '60'.repeat(32) }, readConfig())
}

/** tau of `exampleExploration` by product, so that an evaluation can go with it. */
export function tauOf({ tau }: Exploration): Record<string, number> {
  const chosen = tau.candidates.filter(({ percentile }) => percentile === tau.chosen)
  return Object.fromEntries(chosen.map(one => [one.product, one.tau]))
}
