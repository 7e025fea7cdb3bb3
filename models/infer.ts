import { dirname, join } from 'node:path'
import { command, outputFile, runCommand, wholeNumber, wholeNumbers } from '../cli.ts'
import { SpikeError } from '../errors.ts'
import { specVersion } from '../features/spec.ts'
import { type FeatureTable, takeRows } from '../features/table.ts'
import { type Metadata, readTable } from '../tables/parquet.ts'
import type { Artifact } from './artifact.ts'
import { loadModel } from './artifact_files.ts'
import { baselines } from './baselines.ts'
import { inferTopic } from './infer_topic.ts'
import { labelRows } from './label.ts'
import { writePredictions } from './predictions.ts'
import { scoreRows } from './score.ts'

export interface InferOptions {
  /** Parquet file of features, with or without labels. */
  features: string
  /** Model folder. */
  model: string
  /** Parquet file to be written; beside the features by default. */
  out?: string
}

export interface InferResult {
  rows: number
  products: string[]
  /** Rows whose probability reaches the model's threshold. */
  alarms: number
  /** Reading, scoring and writing, in seconds. */
  wall_s: number
  scoring_s: number
  rows_per_s: number
  /** Seconds of market time that a product's rows cover ÷ wall_s, products side by side. */
  times_real_time: number
  predictions: string
  warning: string | null
}

/**
 * Scores a feature file with a saved model; no fitting code is loaded.
 * @throws SpikeError BAD_FILE, BAD_MODEL, BAD_TABLE (missing columns, another spec version, no product
 * that the model has a tau of), all exit 2. Rows of single products without tau are left out, with a warning.
 */
export async function infer({ features, model, out }: InferOptions): Promise<InferResult> {
  const started = performance.now()
  const artifact = loadModel(model)
  const needed = new Set([...artifact.inputs, ...baselines.flatMap(baseline => baseline.inputs)])
  const { table: whole, metadata } = await readTable(features, [...needed])
  checkRows(features, metadata, whole.product, artifact)
  const unknown = [...new Set(whole.product)].filter(product => !(product in artifact.tau))
  const table = unknown.length === 0 ? whole : ofProducts(whole, artifact.tau)
  const scoringStarted = performance.now()
  const probability = scoreRows(artifact, table)
  const scoring_s = (performance.now() - scoringStarted) / 1000
  const scores = Object.fromEntries(
    baselines.map((baseline): [string, Float64Array] => [baseline.name, baseline.score(table, artifact.tau)]),
  )
  scores[artifact.name] = probability
  const predictions = out ?? join(dirname(features), 'scores.parquet')
  await writePredictions(predictions, table, labelRows(table, artifact.tau), scores, {
    ...metadata,
    'spike60.tau': JSON.stringify(artifact.tau),
  })
  const wall_s = (performance.now() - started) / 1000
  return {
    rows: table.rows,
    products: [...new Set(table.product)],
    alarms: probability.reduce((sum, p) => sum + (p >= artifact.threshold ? 1 : 0), 0),
    wall_s,
    scoring_s,
    rows_per_s: table.rows / wall_s,
    times_real_time: new Set(table.time).size / wall_s,
    predictions,
    warning: warningOf(features, metadata, unknown, whole.rows - table.rows),
  }
}

function ofProducts(table: FeatureTable, tau: Record<string, number>): FeatureTable {
  return takeRows(
    table,
    Array.from({ length: table.rows }, (_, row) => row).filter(row => table.product[row] in tau),
  )
}

function warningOf(path: string, metadata: Metadata, unknown: string[], rows: number): string | null {
  const warnings = [
    ...(metadata['spike60.spec_version'] === undefined
      ? [`does not state its spec version; spec ${specVersion} is assumed`]
      : []),
    ...(unknown.length > 0
      ? [`${rows} rows of ${unknown.join(', ')} are not scored: the model knows no tau of them`]
      : []),
  ]
  return warnings.length > 0 ? `${path}: ${warnings.join('; ')}` : null
}

function checkRows(path: string, metadata: Metadata, products: string[], artifact: Artifact): void {
  const spec = metadata['spike60.spec_version']
  const all = [...new Set(products)]
  const unknown = all.some(product => product in artifact.tau) ? [] : all
  const faults = [
    ...(spec !== undefined && spec !== artifact.spec_version
      ? [
          `${path}: holds features of spec ${spec}, the model reads spec ${artifact.spec_version}; replay or train again`,
        ]
      : []),
    ...unknown.map(
      product => `${path}: the model knows no tau of ${product}, only of ${Object.keys(artifact.tau).join(', ')}`,
    ),
  ]
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)
}

interface Arguments {
  features?: string
  topics?: string
  topic_in: string
  topic_out: string
  partitions?: number[]
  untilEnd?: boolean
  metricsPort?: number
  config?: string
  model: string
  out?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { features, topics, model, out, json } = given
  if ((features === undefined) === (topics === undefined))
    throw new SpikeError('BAD_ARGUMENT', 'name either --features FILE or --topics ENGINE')
  if (topics !== undefined) return await followTopic({ ...given, topics })
  const result = await infer({ features: features!, model, out })
  if (result.warning !== null) console.error(`warning: ${result.warning}`)
  if (json) {
    console.log(JSON.stringify(result))
    return
  }
  const { rows, alarms, wall_s, rows_per_s, times_real_time, predictions } = result
  console.log(`${rows} rows scored, ${alarms} alarms, in ${predictions}`)
  console.log(
    `${wall_s.toFixed(3)} s with reading and writing: ${Math.round(rows_per_s)} rows/s, ${Math.round(times_real_time)} x real time`,
  )
}

async function followTopic(given: Arguments & { topics: string }): Promise<void> {
  const { topics, topic_in: topicIn, topic_out: topicOut, partitions, model, metricsPort, config, json } = given
  const untilEnd = given.untilEnd ?? false
  const result = await inferTopic({ topics, topicIn, topicOut, partitions, model, untilEnd, metricsPort, config })
  const { rows, alarms, skipped, dead, p50_ms, p99_ms } = result
  if (json) console.log(JSON.stringify(result))
  else
    console.log(
      `${rows} rows scored onto ${topicOut}, ${alarms} alarms, ${skipped} rows of unknown products skipped, ${dead} dead letters; a row takes ${p50_ms.toFixed(3)} ms, 99 % at most ${p99_ms.toFixed(3)} ms`,
    )
}

if (import.meta.main)
  await runCommand<Arguments>(
    command(
      'infer',
      'Scores a feature file, or a topic of rows as they come, with a saved model.',
      'npm run infer -- --features data/processed/features_test.parquet',
    )
      .option('--features <file>', 'Parquet file of features')
      .option('--topics <engine>', 'embedded, embedded://FILE or kafka://HOST:PORT: score a topic until stopped')
      .option('--topic_in <topic>', 'topic of rows', 'ticks.features')
      .option('--topic_out <topic>', 'topic of predictions', 'ticks.predictions')
      .option('--partitions <n,n>', 'partitions of the topic to work on, all when absent', wholeNumbers('--partitions'))
      .option('--until-end', 'stop at the end that the topic has now')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', wholeNumber('--metrics-port'))
      .option('--config <file>', 'another config.yaml')
      .option('--model <dir>', 'model folder', 'models/artifacts/logistic')
      .option('--out <file>', 'scores; scores.parquet beside the features by default', outputFile('--out'))
      .option('--json', 'print one JSON object as the last line'),
    main,
  )
