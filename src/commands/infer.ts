import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { tellDead } from '../jobs/partitions/dead_tally.ts'
import { infer } from '../jobs/score/file.ts'
import { FollowedModel } from '../jobs/score/followed_model.ts'
import type { RowPredictor } from '../jobs/score/partition.ts'
import { inferLive } from '../jobs/score/run.ts'
import { scorerMetrics } from '../jobs/score/status.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFile, port, runCommand, topicEngines, warn, wholeNumbers } from '../operations/command.ts'
import { withProgress } from '../operations/progress.ts'
import { besideFeatures, runPaths } from '../run_paths.ts'
import { refuseOtherTables } from '../stores/own_tables.ts'
import { chooseModel } from '../tracking/base_model.ts'

interface Arguments {
  features?: string
  topics?: string
  topic_in: string
  topic_out: string
  partitions?: number[]
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  model: string
  out?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { features, topics, out, json } = given
  if ((features === undefined) === (topics === undefined))
    throw new SpikeError('BAD_ARGUMENT', 'name either --features FILE or --topics ENGINE')
  if (topics !== undefined) return await followTopic({ ...given, topics })
  const model = chooseModel(given.model)
  const predictions = out ?? besideFeatures(features!).scores
  keepInputs({ '--features': features, '--model': model }, { '--out': predictions })
  await refuseOtherTables([predictions])
  const result = await withProgress(!json, async say => {
    say('scoring')
    return await infer({ features: features!, model, out: predictions })
  })
  if (result.warning !== null) warn(`warning: ${result.warning}`)
  if (json) {
    console.log(JSON.stringify(result))
    return
  }
  const { rows, left_out, alarms, wall_s, rows_per_s, times_real_time } = result
  console.log(`${rows} of ${rows + left_out} rows scored, ${alarms} alarms, in ${predictions}`)
  console.log(
    `${wall_s.toFixed(3)} s with reading and writing: ${Math.round(rows_per_s)} rows/s, ${Math.round(times_real_time)} x real time`,
  )
}

async function followTopic(given: Arguments & { topics: string }): Promise<void> {
  const { topic_in: topicIn, topic_out: topicOut, partitions: own, untilEnd, json } = given
  const config = readConfig(given.config)
  const followed = new FollowedModel(given.model)
  const artifact = followed.current
  const status = newJobStatus<RowPredictor>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const shown = { job: 'scorer', status, reads: [topicIn], metrics: () => scorerMetrics(status) }
  const result = await runJobProcess({ ...given, name: 'infer', finite: untilEnd, ...shown }, parts =>
    inferLive({ ...parts, config, artifact, followed, topicIn, topicOut, own, finish, status }),
  )
  const { rows, alarms, skipped, p50_ms, p99_ms } = result
  if (json) console.log(JSON.stringify({ ...result, dead_letters: status.dead }))
  else {
    const took = p50_ms === null ? '' : `; a row takes ${p50_ms.toFixed(3)} ms, 99 % at most ${p99_ms!.toFixed(3)} ms`
    console.log(
      `${rows} rows scored onto ${topicOut}, ${alarms} alarms, ${skipped} rows of unknown products skipped, ${tellDead(status.dead)}${took}`,
    )
  }
}

export const inferCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'infer',
      'Scores a feature file, or a topic of rows as they come, with a saved model.',
      'npm run infer -- --features data/processed/features_test.parquet',
    )
      .option('--features <file>', 'Parquet file of features')
      .option('--topics <engine>', `${topicEngines}: score a topic until stopped`)
      .option('--topic_in <topic>', 'topic of rows', 'ticks.features')
      .option('--topic_out <topic>', 'topic of predictions', 'ticks.predictions')
      .option('--partitions <n,n>', 'partitions of the topic to work on, all when absent', wholeNumbers('--partitions'))
      .option('--until-end', 'stop at the end that the topic has now')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .option(
        '--model <dir>',
        "model folder, or the folder of a training's models, which means its base",
        runPaths.models,
      )
      .option('--out <file>', 'scores; scores.parquet beside the features by default', outputFile('--out'))
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
