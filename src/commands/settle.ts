import { readConfig } from '../config.ts'
import { serveJob } from '../jobs/endpoints.ts'
import { type SettleOptions, settleLive, settleOnce } from '../jobs/settle/run.ts'
import { newSettleStatus, settleMetrics } from '../jobs/settle/status.ts'
import { command, positiveNumber, runCommand, topicsOption, wholeNumber } from '../operations/command.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  topics: string
  predictions: string
  topic_out?: string
  follow?: boolean
  every: number
  metricsPort?: number
  config?: string
  json?: boolean
}

async function main({ topics, predictions, config: path, json, ...rest }: Arguments): Promise<void> {
  const config = readConfig(path)
  const settled = rest.topic_out ?? config.topics.settled.name
  const status = newSettleStatus()
  const streams = await openStreams(topics)
  const options = { streams, config, predictions, settled, status }
  try {
    if (rest.follow) return await keepSettling({ ...options, ...rest })
    await settleOnce(options)
    const { scores, skipped } = status
    if (json) console.log(JSON.stringify({ scores, skipped }))
    else console.table(scores)
  } finally {
    await streams.close()
  }
}

async function keepSettling(options: SettleOptions & Pick<Arguments, 'every' | 'metricsPort'>): Promise<void> {
  const { streams, config, predictions, status, metricsPort: port } = options
  const stop = stopOnSignal('settle')
  const log = createLog()
  await using running = new AsyncDisposableStack()
  if (port !== undefined) {
    const topics = [predictions, config.topics.labels.name]
    const shown = { job: 'settle', status, streams, topics, metrics: () => settleMetrics(status), log }
    const operations = await serveJob({ port, ...shown })
    running.defer(() => operations.close())
  }
  await settleLive({ ...options, stop, log })
}

export const settleCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'settle',
      'Scores the predictions on a topic against the labels that have come since, once or as they come.',
      'npm run settle -- --topics embedded --predictions ticks.predictions',
    )
      .addOption(topicsOption())
      .option('--predictions <topic>', 'topic that models/infer.ts writes', 'ticks.predictions')
      .option('--topic_out <topic>', 'topic of predictions that have met their labels (default: ticks.settled)')
      .option('--follow', 'keep settling until stopped, with a line of scores a model each time')
      .option('--every <seconds>', 'with --follow: seconds between two scores', positiveNumber('--every'), 60)
      .option(
        '--metrics-port <n>',
        'with --follow: answer /healthz, /readyz and /metrics there',
        wholeNumber('--metrics-port'),
      )
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
