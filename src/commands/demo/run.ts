import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { withLock } from '../../files/lock.ts'
import { makeFolder } from '../../files/place.ts'
import { rowsMetadata } from '../../jobs/featurize/run.ts'
import { sinkRows } from '../../jobs/featurize/sink.ts'
import { type ReplayResult, replay } from '../../jobs/replay/replay.ts'
import { finishFormerTraining, refuseOtherTraining } from '../../jobs/train/files.ts'
import { type TrainResult, train } from '../../jobs/train/run.ts'
import { refuseOtherReports as refuseOtherDrift, writeDriftReport } from '../../monitor/write_drift_report.ts'
import type { Say } from '../../operations/progress.ts'
import { attachReports } from '../../publish/attach_reports.ts'
import { refuseForeign, writeHandoff } from '../../publish/handoff/write.ts'
import { refuseOtherReports, writeReports } from '../../publish/write_reports.ts'
import { demoPaths, runPaths } from '../../run_paths.ts'
import { refuseOtherTables } from '../../stores/own_tables.ts'
import { openStreams } from '../../streams/open.ts'
import { type LiveResult, runLive, type Venue } from './live.ts'
import { placesOf } from './places.ts'
import { type DemoWindows, foldWindows } from './windows.ts'

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
  say: Say
  /** Rows of the live run, where they are known beforehand. */
  rows?: number
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
  windows: DemoWindows
  replayed: ReplayResult
  training: TrainResult
  files: DemoFiles
}

/**
 * Every step of the milestones, once: live stream, replay, training, reports, hand-off.
 * @throws SpikeError DIGEST_MISMATCH when live and replayed rows differ, LOCKED while another demo runs under `out`, and whatever
 * a step throws.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { out } = options
  await refuseOthers(out)
  const held = `${out}: another demo runs there; wait for its end, or name another folder with --out`
  return await withLock(join(out, runPaths.demoLock), 0, () => runAlone(options), held)
}

/** @throws SpikeError BAD_FILE, BAD_ARGUMENT for files of others among those that a demo replaces. */
async function refuseOthers(out: string): Promise<void> {
  refuseForeign(join(out, runPaths.handoff))
  refuseOtherReports(out)
  const drift = (name: string, ending: string): string => join(out, runPaths.drift, `${name}.${ending}`)
  for (const name of driftNames) refuseOtherDrift([drift(name, 'html')], drift(name, 'json'))
  const features = join(out, runPaths.features)
  await refuseOtherTraining({ features, out })
  await refuseOtherTables([features, ...[runPaths.featuresLive, runPaths.windows].map(path => join(out, path))])
}

async function runAlone(options: DemoOptions): Promise<DemoResult> {
  const { config, out, files, onStep, say } = options
  const features = join(out, runPaths.features)
  await finishFormerTraining({ features, out })
  const featuresLive = join(out, runPaths.featuresLive)
  if (files.length > 0) {
    onStep('Reading the saved files')
    await replay({ raw: files, out: null, config, say })
  }
  const { live, liveDigest, bronze, windows } = await stream(options, featuresLive)

  onStep('Replay: the same bronze, without any topic')
  const fromBronze = await replay({ raw: bronze, out: features, config, say })
  const replayed = files.length > 0 ? await replay({ raw: files, out: features, config, say }) : fromBronze
  const digest = { live: liveDigest, replay: replayed.digest }
  if (digest.live !== digest.replay || fromBronze.digest !== digest.replay)
    throw new SpikeError(
      'DIGEST_MISMATCH',
      `live rows (${digest.live}), rows of their bronze (${fromBronze.digest}) and replayed rows (${digest.replay}) are not the same; compare ${featuresLive} with ${features}`,
    )

  onStep('Labels, splits, baselines and models, an audit and a walk-forward')
  const training = await train({ features, out, config, trackingUri: options.trackingUri, say })

  onStep('Drift reports')
  say('comparing columns')
  const drift = await reportDrift(options, features, training, replayed)

  onStep('Evaluation PDF and model card')
  say('drawing')
  const reports = await writeReports(out, config)
  await attachReports(out, config.mlflow.experiment, options.trackingUri)

  onStep('Hand-off folder')
  say('copying, and scoring the slice again')
  const handoff = join(out, runPaths.handoff)
  const raw = files.length > 0 ? files : bronze
  await writeHandoff({ run: out, raw, out: handoff, config })

  return {
    live,
    digest,
    windows,
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
  { config, out, files, venues, topics, onStep, say, rows }: DemoOptions,
  features: string,
): Promise<{ live: LiveResult; liveDigest: string; bronze: string[]; windows: DemoWindows }> {
  onStep('Live: exchange -> WebSocket -> bronze -> ticks.raw -> ticks.features')
  const { raw, log } = await placesOf(out, files)
  makeFolder(dirname(log))
  if (raw !== join(out, demoPaths(1).raw))
    onStep(`What ${demoPaths(1).raw} holds stays; this one is recorded in ${raw}`)
  const streams = await openStreams(topics ?? `embedded://${log}`)
  try {
    const live = await runLive({ config, streams, bronze: raw, venues, onStep, say, rows })
    onStep('Sink: ticks.features -> Parquet')
    const { raw: topicIn, features: topicOut } = config.topics
    const metadata = await rowsMetadata(streams, { config, topicIn: topicIn.name, topicOut: topicOut.name })
    const sunk = await sinkRows({ streams, config, topic: topicOut.name, out: features, metadata })
    onStep('Windows of trades and their alerts: ticks.raw -> market.windows -> market.alerts, and from bronze')
    const bronze = recordingIn(raw)
    return { live, liveDigest: sunk.digest, bronze, windows: await foldWindows(streams, config, bronze, out) }
  } finally {
    await streams.close()
  }
}

function recordingIn(raw: string): string[] {
  return readdirSync(raw)
    .filter(name => name.endsWith('.ndjson'))
    .sort()
    .map(name => join(raw, name))
}

const driftNames = ['early_vs_late', 'train_vs_test'] as const

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
  await writeDriftReport({ ...common, source: { features }, name: driftNames[0] })
  const source = { reference: files.train, current: files.test }
  return await writeDriftReport({ ...common, source, name: driftNames[1] })
}
