import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { infer } from '../jobs/score/file.ts'
import type { RowPredictor } from '../jobs/score/partition.ts'
import { inferLive } from '../jobs/score/run.ts'
import { scorerMetrics } from '../jobs/score/status.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, outputFile, runCommand, topicEngines, wholeNumber, wholeNumbers } from '../operations/command.ts'
import { runPaths } from '../run_paths.ts'
import { loadModel } from '../tracking/model_folder.ts'

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
  const { topic_in: topicIn, topic_out: topicOut, partitions: own, untilEnd, json } = given
  const config = readConfig(given.config)
  const artifact = loadModel(given.model)
  const status = newJobStatus<RowPredictor>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const shown = { job: 'scorer', status, reads: [topicIn], metrics: () => scorerMetrics(status) }
  const result = await runJobProcess({ ...given, name: 'infer', ...shown }, parts =>
    inferLive({ ...parts, config, artifact, topicIn, topicOut, own, finish, status }),
  )
  const { rows, alarms, skipped, dead, p50_ms, p99_ms } = result
  if (json) console.log(JSON.stringify(result))
  else
    console.log(
      `${rows} rows scored onto ${topicOut}, ${alarms} alarms, ${skipped} rows of unknown products skipped, ${dead} dead letters; a row takes ${p50_ms.toFixed(3)} ms, 99 % at most ${p99_ms.toFixed(3)} ms`,
    )
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
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', wholeNumber('--metrics-port'))
      .option('--config <file>', 'another config.yaml')
      .option('--model <dir>', 'model folder', `${runPaths.models}/logistic`)
      .option('--out <file>', 'scores; scores.parquet beside the features by default', outputFile('--out'))
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
