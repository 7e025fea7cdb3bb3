import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { decodeRow, encodeRow } from '../src/core/features/row_json.ts'
import { featureNames } from '../src/core/features/spec.ts'
import type { FeatureTable } from '../src/core/features/table.ts'
import { percentileOf } from '../src/core/math/percentile.ts'
import type { LinearArtifact } from '../src/core/models/artifact/artifact.ts'
import { encodePrediction } from '../src/core/models/artifact/prediction_json.ts'
import { rowScorer } from '../src/core/models/artifact/score.ts'
import { createFrameWriter } from '../src/exchange/frame_writer.ts'
import { marketMessages } from '../src/exchange/market_messages.ts'
import { replay } from '../src/jobs/replay/replay.ts'
import { infer } from '../src/jobs/score/file.ts'
import { train } from '../src/jobs/train/run.ts'
import { readTable } from '../src/stores/parquet.ts'
import { loadModel } from '../src/tracking/model_folder.ts'
import { type BenchResult, cpuSeconds, median } from './measure.ts'

const repetitions = 5

/**
 * Scores the simulated market's rows with the models of one training: a Parquet file with reading and writing, against real
 * time; and row by row, from a record's text to its prediction's, against JSON.parse of the same texts in the same run.
 */
export async function benchInfer(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-bench-'))
  try {
    const { features, models } = await trainOnSimulated(folder)
    const timesRealTime: Record<string, number> = {}
    for (const name of models) {
      const model = join(folder, 'models', 'artifacts', name)
      const out = join(folder, 'scores.parquet')
      const runs = []
      for (let i = 0; i < repetitions; i++) runs.push((await infer({ features, model, out })).times_real_time)
      timesRealTime[name] = Math.round(median(runs))
    }
    const { table } = await readTable(features)
    const live = timeRows(loadModel(join(folder, 'models', 'artifacts', 'logistic')) as LinearArtifact, textsOf(table))
    return {
      name: 'infer',
      ratio: live.ratio,
      ratios: { real_time: Math.min(...Object.values(timesRealTime)) / 10_000 },
      times_real_time: timesRealTime,
      ...{ row_p50_ms: live.p50_ms, row_p99_ms: live.p99_ms, rows_per_s_live: live.rows_per_s },
      ...{ rows: table.rows, features: featureNames.length, repetitions, simulated: true, node: process.version },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function trainOnSimulated(folder: string): Promise<{ features: string; models: string[] }> {
  const config = readConfig()
  const raw = join(folder, 'simulated.ndjson')
  const features = join(folder, 'features.parquet')
  const frames = createFrameWriter(config.simulator.seed)
  writeFileSync(raw, [...marketMessages(config.simulator)].map(message => `${frames.update(message)}\n`).join(''))
  await replay({ raw: [raw], out: features, config })
  const trained = await train({ features, out: folder, config })
  const learned = Object.values(trained.models).filter(({ kind }) => kind === 'learned')
  return { features, models: learned.map(({ name }) => name) }
}

function textsOf({ rows, product, time, columns }: FeatureTable): string[] {
  const values = featureNames.map(name => columns[name])
  return Array.from({ length: rows }, (_, row) =>
    encodeRow(
      product[row],
      time[row],
      values.map(column => column[row]),
    ),
  )
}

function timeRows(artifact: LinearArtifact, texts: string[]) {
  const score = rowScorer(artifact)
  const predict = (text: string): string => {
    const { product, time, values } = decodeRow(text)!
    const probability = score(values)
    const alarm = probability >= artifact.threshold
    return encodePrediction({ product, time, model: artifact.name, probability, alarm, tau: artifact.tau[product] })
  }
  const ratios: number[] = []
  const seconds: number[] = []
  for (let i = 0; i < repetitions; i++) {
    const parse = cpuSeconds(() => {
      for (const text of texts) JSON.parse(text)
    })
    const ours = cpuSeconds(() => {
      for (const text of texts) predict(text)
    })
    ratios.push(parse / ours)
    seconds.push(ours)
  }
  const each = texts.map(text => {
    const started = performance.now()
    predict(text)
    return performance.now() - started
  })
  return {
    ratio: Math.round(median(ratios) * 1000) / 1000,
    rows_per_s: Math.round(texts.length / median(seconds)),
    p50_ms: percentileOf(each, 50),
    p99_ms: percentileOf(each, 99),
  }
}
