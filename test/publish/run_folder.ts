import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { specVersion } from '../../features/spec.ts'
import { frameLine } from '../../market/bronze_line.ts'
import { saveModel } from '../../models/artifact_files.ts'
import { exampleEvaluation, exampleExploration, seeded } from './example.ts'

const start = Date.parse('2026-01-05T03:00:00Z')

/** Verbatim ticker frames of two products, two a second, in the wire's shape; prices are a seeded walk. */
export function tickerFrames(minutes: number): { time: number; text: string }[] {
  const next = seeded(1)
  const prices: Record<string, number> = { 'BTC-USD': 67_000, 'ETH-USD': 2050 }
  return Array.from({ length: minutes * 120 }, (_, i) => {
    const product = i % 2 === 0 ? 'BTC-USD' : 'ETH-USD'
    prices[product] *= Math.exp(0.0002 * (next() - 0.5))
    const [bid, ask] = [prices[product], prices[product] * 1.00001].map(price => price.toFixed(2))
    const time = start + i * 500
    const ticker = {
      type: 'ticker',
      product_id: product,
      price: bid,
      best_bid: bid,
      best_ask: ask,
      best_bid_quantity: '1.5',
      best_ask_quantity: '0.5',
    }
    const frame = {
      channel: 'ticker',
      client_id: '',
      timestamp: new Date(time).toISOString(),
      sequence_num: i,
      events: [{ type: 'update', tickers: [ticker] }],
    }
    return { time, text: JSON.stringify(frame) }
  })
}

/** A finished run as the hand-off needs it: bronze, a hand-made model, evaluation, reports. @returns its bronze file. */
export function makeRunFolder(folder: string, minutes: number): string {
  const write = (path: string, data: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), data)
  }
  const lines = tickerFrames(minutes).map(({ time, text }) => frameLine('coinbase', 'coinbase-1', time * 1000, text))
  write('data/raw/coinbase.ndjson', `${lines.join('\n')}\n`)
  const evaluation = exampleEvaluation()
  write('models/artifacts/evaluation.json', JSON.stringify(evaluation))
  write('data/processed/predictions.parquet', 'test predictions')
  write('reports/model_card_v1.md', '# Model card')
  write('reports/model_eval.pdf', '%PDF-')
  write('reports/exploration.json', JSON.stringify(exampleExploration()))
  write('reports/evidently/train_vs_test.html', `<html>${folder}/data/processed/features_test.parquet</html>`)
  saveModel(
    join(folder, 'models/artifacts/logistic'),
    {
      format: 'spike60-linear',
      version: 1,
      name: 'logistic',
      spec_version: specVersion,
      config_hash: evaluation.config_hash,
      simulated: true,
      inputs: ['log_volatility_60s', 'spread_bps', 'log_volatility_900s'],
      impute: [-9.5, 0.1, -9.5],
      logs: [],
      indicators: [2],
      mean: [-9.5, 0.1, -9.5, 0.1],
      scale: [0.5, 0.05, 0.5, 0.3],
      weights: [1.2, 0.1, 0.4, 0],
      intercept: -2.3,
      threshold: 0.2,
      tau: evaluation.tau,
      trained_on: {
        digest: '60'.repeat(32),
        from: evaluation.splits.train.from,
        to: evaluation.splits.train.to,
        rows: 100,
      },
    },
    new Date(start),
  )
  return join(folder, 'data/raw/coinbase.ndjson')
}
