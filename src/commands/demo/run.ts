import { globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { sinkRows } from '../../jobs/featurize/sink.ts'
import { type ReplayResult, replay } from '../../jobs/replay/replay.ts'
import { type TrainResult, train } from '../../jobs/train/run.ts'
import { writeDriftReport } from '../../monitor/write_drift_report.ts'
import { attachReports } from '../../publish/attach_reports.ts'
import { writeHandoff } from '../../publish/handoff/write.ts'
import { writeReports } from '../../publish/write_reports.ts'
import { runPaths } from '../../run_paths.ts'
import { openStreams } from '../../streams/open.ts'
import { type LiveResult, runLive, type Venue } from './live.ts'

export interface DemoOptions {
  config: Config
  /** Folder under which everything is written. */
  out: string
  /** Saved files; none: the venue is not a capture. */
  files: string[]
  venues: AsyncIterable<Venue>
  /** Engine of the topics; none: an embedded log under `out`, begun anew. */
  topics?: string
  trackingUri?: string
  onStep: (step: string) => void
  onProgress: (line: string) => void
}

export interface DemoFiles {
  features: string
  train: string
  validation: string
  test: string
  predictions: string
  drift_html: string
  drift_json: string
  evaluation_pdf: string
  model_card: string
  handoff: string
}

export interface DemoResult {
  live: LiveResult
  digest: { live: string; replay: string }
  replayed: ReplayResult
  training: TrainResult
  files: DemoFiles
}

/**
 * Every step of the milestones, once: live stream, replay, training, reports, hand-off.
 * @throws SpikeError DIGEST_MISMATCH when live and replayed rows differ, and whatever a step throws.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { config, out, files, onStep } = options
  const features = join(out, runPaths.features)
  const featuresLive = join(out, runPaths.featuresLive)
  if (files.length > 0) {
    onStep('Reading the saved files')
    await replay({ raw: files, out: null, config })
  }
  const { live, liveDigest, bronze } = await stream(options, featuresLive)

  onStep('Replay: the same bronze, without any topic')
  const fromBronze = await replay({ raw: bronze, out: features, config })
  const replayed = files.length > 0 ? await replay({ raw: files, out: features, config }) : fromBronze
  const digest = { live: liveDigest, replay: replayed.digest }
  if (digest.live !== digest.replay || fromBronze.digest !== digest.replay)
    throw new SpikeError(
      'DIGEST_MISMATCH',
      `live rows (${digest.live}), rows of their bronze (${fromBronze.digest}) and replayed rows (${digest.replay}) are not the same; compare ${featuresLive} with ${features}`,
    )

  onStep('Labels, splits, baselines and the logistic model, with an audit')
  const training = await train({ features, out, config, trackingUri: options.trackingUri })

  onStep('Drift reports')
  const drift = await reportDrift(options, features, training, replayed)

  onStep('Evaluation PDF and model card')
  const reports = await writeReports(out, config)
  await attachReports(out, config.mlflow.experiment, options.trackingUri)

  onStep('Hand-off folder')
  const handoff = join(out, runPaths.handoff)
  const raw = files.length > 0 ? files : bronze
  await writeHandoff({ run: out, raw, out: handoff, config })

  return {
    live,
    digest,
    replayed,
    training,
    files: {
      features,
      train: training.files.train,
      validation: training.files.validation,
      test: training.files.test,
      predictions: training.files.predictions,
      drift_html: drift.html,
      drift_json: drift.json,
      evaluation_pdf: reports.evaluation_pdf,
      model_card: reports.model_card,
      handoff,
    },
  }
}

async function stream(
  { config, out, venues, topics, onStep, onProgress }: DemoOptions,
  features: string,
): Promise<{ live: LiveResult; liveDigest: string; bronze: string[] }> {
  onStep('Live: exchange -> WebSocket -> bronze -> ticks.raw -> ticks.features')
  const raw = join(out, runPaths.demoRaw)
  const log = join(out, runPaths.demoLog)
  for (const folder of [raw, dirname(log)]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const streams = await openStreams(topics ?? `embedded://${log}`)
  try {
    const live = await runLive({ config, streams, bronze: raw, venues, onStep, onProgress })
    onStep('Sink: ticks.features -> Parquet')
    const sunk = await sinkRows({ streams, config, topic: config.topics.features.name, out: features })
    return { live, liveDigest: sunk.digest, bronze: globSync(join(raw, '*.ndjson')).sort() }
  } finally {
    await streams.close()
  }
}

async function reportDrift(
  { out, config }: DemoOptions,
  features: string,
  training: TrainResult,
  { products, deadLetters }: ReplayResult,
): Promise<{ html: string; json: string }> {
  const folder = join(out, runPaths.drift)
  const { files } = training
  const counts = Object.values(products)
  const sum = (of: (count: (typeof counts)[number]) => number): number => counts.reduce((s, count) => s + of(count), 0)
  const stream = {
    late: sum(count => count.late),
    duplicates: sum(count => count.duplicates),
    crossed: sum(count => count.crossed),
    rejected: sum(count => count.rejected.time_ahead + count.rejected.invalid_time),
    dead_letters: deadLetters,
  }
  const common = { out: folder, config, model: files.model, stream }
  await writeDriftReport({ ...common, source: { features }, name: 'early_vs_late' })
  const source = { reference: files.train, current: files.test }
  return await writeDriftReport({ ...common, source, name: 'train_vs_test' })
}
