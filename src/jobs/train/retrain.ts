import { mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type FeatureTable, timeRange } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import type { Artifact } from '../../core/models/artifact/artifact.ts'
import { barOf } from '../../core/models/judge/bar.ts'
import { type Decision, decideRivals, judgeRivals, type Rivals } from '../../core/models/judge/rivals.ts'
import { labelledSeconds } from '../../core/models/split/split.ts'
import { SpikeError } from '../../errors.ts'
import { checkFolderPlace, makeFolder, removeLeftovers, temporary } from '../../files/place.ts'
import { besideFeatures, runPaths } from '../../run_paths.ts'
import { rivalsRun, rollbackRun, withoutAlias } from '../../tracking/rival_runs.ts'
import { type Recorded, recordRuns } from '../../tracking/tracker.ts'
import { runsOf } from '../../tracking/train_runs.ts'
import { deadFileOf } from '../replay/dead_file.ts'
import { replay } from '../replay/replay.ts'
import { type Champion, findChampion, findFormer, freeRows, promote, refuseOtherFormer, rollBack } from './champion.ts'
import { refuseOtherTraining, writeTraining } from './files.ts'
import { looksAt, pairOf } from './looks.ts'
import { checkPlaces, datasetsOf, judgeFile, originOf, readTraining, type TrainOptions } from './run.ts'
import { settledBy } from './settled.ts'

/** A model as it is spoken of: what it is called and the rows that it was fitted on. */
export type Contender = Pick<Artifact, 'name' | 'simulated' | 'trained_on'>

export interface RetrainOptions extends Omit<TrainOptions, 'features'> {
  /** What has been recorded: a feature file, or raw data that is replayed first. */
  recorded: { features: string } | { raw: string[] }
  /** Engine of the topics on which the champion's settled predictions stand; null where its live scores are not asked for. */
  topics: string | null
}

export interface RetrainResult extends Rivals, Decision {
  /** The rows that the challenger was fitted on; null where they were replayed for it and it has lost. */
  features: string | null
  champion: Contender
  challenger: Contender
  /** The folder from which a scorer takes the champion that is now. */
  models: string
  /** Where the champion lies that was replaced; null where none was. */
  former: string | null
  /** End of the rows of the challenger's file. */
  recorded_until: string
  tracking: Recorded
}

/**
 * Fits a challenger on what has been recorded, judges it and the champion on the stretch that neither has seen, also by what the
 * champion has said live, and makes it the champion only when the interval of the difference says so. The former champion is kept.
 * @throws SpikeError as `train` and `replay`; BAD_FILE where there is no champion; TOO_FEW_ROWS where nothing was recorded since it
 * was trained; TOPIC_UNKNOWN where nothing was settled.
 */
export async function retrain({ recorded, ...options }: RetrainOptions): Promise<RetrainResult> {
  const { out, config, say } = options
  checkPlaces(options)
  refuseOtherFormer(out)
  const features = 'features' in recorded ? recorded.features : freeRows(out)
  await refuseOtherTraining({ features, out })
  const champion = await findChampion(out)
  if ('features' in recorded) return await challenge(champion, { ...options, features })
  let isKept = false
  try {
    await replay({ raw: recorded.raw, out: features, config, say })
    const result = await challenge(champion, { ...options, features })
    isKept = result.moves
    return isKept ? result : { ...result, features: null }
  } finally {
    if (!isKept) for (const file of [features, deadFileOf(features)]) rmSync(file, { force: true })
  }
}

async function challenge(
  champion: Champion,
  options: TrainOptions & Pick<RetrainOptions, 'topics'>,
): Promise<RetrainResult> {
  const { features, out, config, topics, say = () => {} } = options
  const started_at = Date.now()
  const { table, metadata, source } = await readTraining(options)
  checkFolderPlace(dirname(features), `${dirname(features)}, where segments and predictions go`)
  const seenUntil = Date.parse(champion.evaluation.splits.test.to) * 1000
  refuseOldRows(features, table, seenUntil)
  const settled = topics === null ? null : await settledBy(champion.artifact, topics, config.topics.settled.name)
  const { experiment, evaluation, fits } = await judgeFile(table, source, options)
  const challenger = experiment.artifacts.find(({ name }) => name === evaluation.base)!
  say('judging champion and challenger')
  const pair = pairOf(champion.artifact, challenger)
  const from = Math.max(seenUntil, experiment.split.testFrom)
  const bar = barOf(looksAt(join(out, runPaths.journal), pair, from, timeRange(table)[1]))
  const contest = { champion: champion.artifact, challenger, seenUntil, settled, bar }
  const rivals = judgeRivals(table, experiment, contest, config)
  const decision = decideRivals(rivals, champion.artifact, challenger)
  const place = join(out, runPaths.challenger)
  const workshop = `${place}${temporary()}`
  makeFolder(dirname(place))
  removeLeftovers(place)
  try {
    mkdirSync(workshop)
    const files = await writeTraining(table, metadata, experiment, evaluation, {
      features: join(workshop, basename(features)),
      out: workshop,
    })
    say('recording the runs')
    const datasets = datasetsOf(table, experiment, besideFeatures(features))
    const runs = runsOf(evaluation, files, datasets, config, originOf(started_at, fits))
    if (decision.moves) await promote(out, features, workshop)
    const tracking = await record(
      [...(decision.moves ? runs : withoutAlias(runs)), rivalsRun(runs[0], rivals, decision, pair)],
      options,
    )
    return {
      ...rivals,
      ...decision,
      features,
      champion: contender(champion.artifact),
      challenger: contender(challenger),
      models: join(out, runPaths.models),
      former: decision.moves ? join(out, runPaths.former) : null,
      recorded_until: evaluation.source.to,
      tracking,
    }
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

export interface RollbackResult {
  /** The model that is champion again, and the one that was. */
  champion: Contender
  former: Contender
  models: string
  recorded_until: string
  tracking: Recorded
}

/** Brings back the champion that the last move replaced, with its evaluation. @throws SpikeError BAD_FILE where none is kept. */
export async function rollback(options: Omit<TrainOptions, 'features'>): Promise<RollbackResult> {
  const { out } = options
  const started_at = Date.now()
  checkPlaces(options)
  const former = await findChampion(out)
  findFormer(out)
  await rollBack(out)
  const champion = await findChampion(out)
  const run = rollbackRun(champion.artifact, champion.folder, { started_at, ended_at: Date.now() })
  return {
    champion: contender(champion.artifact),
    former: contender(former.artifact),
    models: join(out, runPaths.models),
    recorded_until: champion.evaluation.source.to,
    tracking: await record([run], options),
  }
}

function contender({ name, simulated, trained_on }: Artifact): Contender {
  return { name, simulated, trained_on }
}

function record(
  runs: Parameters<typeof recordRuns>[0],
  { out, config, trackingUri }: Omit<TrainOptions, 'features'>,
): Promise<Recorded> {
  const journal = join(out, runPaths.journal)
  return recordRuns(runs, { experiment: config.mlflow.experiment, journal, uri: trackingUri })
}

function refuseOldRows(features: string, table: FeatureTable, seenUntil: number): void {
  const last = labelledSeconds(table).at(-1) ?? 0
  if (last <= seenUntil)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      `${features}: has no labelled row after ${isoTime(seenUntil)}, up to which the champion's training goes; record longer and replay`,
    )
}
