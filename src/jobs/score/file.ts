import { metadataKeys } from '../../core/features/metadata.ts'
import { specVersion } from '../../core/features/spec.ts'
import { everyRow, type FeatureTable, takeRows } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { scoreRows } from '../../core/models/artifact/score.ts'
import { rules } from '../../core/models/recipes/rules.ts'
import { labelRows } from '../../core/models/split/label.ts'
import { SpikeError } from '../../errors.ts'
import { besideFeatures } from '../../run_paths.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { readTable } from '../../stores/parquet.ts'
import { writePredictions } from '../../stores/predictions.ts'
import { loadModel } from '../../tracking/model_folder.ts'

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
  /** Rows of products that the model knows no tau of. */
  left_out: number
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
  const needed = new Set([...artifact.inputs, ...rules.flatMap(rule => rule.inputs)])
  const { table: whole, metadata } = await readTable(features, [...needed])
  checkRows(features, metadata, whole.product, artifact)
  const unknown = [...new Set(whole.product)].filter(product => !(product in artifact.tau))
  const table = unknown.length === 0 ? whole : ofProducts(whole, artifact.tau)
  const empty = artifact.inputs.filter(name => table.columns[name].every(Number.isNaN))
  const scoringStarted = performance.now()
  const probability = scoreRows(artifact, table)
  const undefinedAt = probability.findIndex(Number.isNaN)
  if (undefinedAt >= 0)
    throw new SpikeError(
      'BAD_MODEL',
      `${model}: gives no probability of ${table.product[undefinedAt]} at ${isoTime(table.time[undefinedAt])}, its numbers are beyond reckoning; train again`,
    )
  const scoring_s = (performance.now() - scoringStarted) / 1000
  const scores = Object.fromEntries(
    rules.map(rule => [rule.name, rule.fit(artifact).predict(table, everyRow(table)).score]),
  )
  scores[artifact.name] = probability
  const predictions = out ?? besideFeatures(features).scores
  await writePredictions(predictions, table, labelRows(table, artifact.tau), scores, {
    ...metadata,
    [metadataKeys.tau]: JSON.stringify(artifact.tau),
    [metadataKeys.model]: artifact.name,
    [metadataKeys.threshold]: `${artifact.threshold}`,
  })
  const wall_s = (performance.now() - started) / 1000
  return {
    rows: table.rows,
    left_out: whole.rows - table.rows,
    products: [...new Set(table.product)],
    alarms: probability.reduce((sum, p) => sum + (p >= artifact.threshold ? 1 : 0), 0),
    wall_s,
    scoring_s,
    rows_per_s: table.rows / wall_s,
    times_real_time: new Set(table.time).size / wall_s,
    predictions,
    warning: warningOf(features, metadata, { unknown, rows: whole.rows - table.rows, empty }),
  }
}

function ofProducts(table: FeatureTable, tau: Record<string, number>): FeatureTable {
  return takeRows(
    table,
    everyRow(table).filter(row => table.product[row] in tau),
  )
}

function warningOf(
  path: string,
  metadata: Metadata,
  { unknown, rows, empty }: { unknown: string[]; rows: number; empty: string[] },
): string | null {
  const warnings = [
    ...(metadata[metadataKeys.specVersion] === undefined
      ? [`does not state its spec version; spec ${specVersion} is assumed`]
      : []),
    ...(unknown.length > 0
      ? [`${rows} rows of ${unknown.join(', ')} are not scored: the model knows no tau of them`]
      : []),
    ...(empty.length > 0
      ? [`no row has a value of ${empty.join(', ')}, which the model reads: the scores know nothing of it`]
      : []),
  ]
  return warnings.length > 0 ? `${path}: ${warnings.join('; ')}` : null
}

function checkRows(path: string, metadata: Metadata, products: string[], artifact: Artifact): void {
  const spec = metadata[metadataKeys.specVersion]
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
