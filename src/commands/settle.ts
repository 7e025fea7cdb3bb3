import { readConfig } from '../config.ts'
import { type SettleStatus, settleLive, settleMetrics } from '../jobs/settle/run.ts'
import { settleTopics } from '../jobs/settle/topics.ts'
import { command, positiveNumber, runCommand, wholeNumber } from '../operations/command.ts'
import { serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'

interface Arguments {
  topics: string
  predictions: string
  follow?: boolean
  every: number
  metricsPort?: number
  config?: string
  json?: boolean
}

async function main({ topics, predictions, config, json, ...rest }: Arguments): Promise<void> {
  const { labels } = readConfig(config).topics
  const streams = await openStreams(topics)
  try {
    if (rest.follow) return await keepSettling(streams, predictions, labels.name, rest)
    const result = await settleTopics({ streams, predictions, labels: labels.name })
    if (json) console.log(JSON.stringify(result))
    else console.table(result.scores)
  } finally {
    await streams.close()
  }
}

async function keepSettling(
  streams: Streams,
  predictions: string,
  labels: string,
  { every, metricsPort }: Pick<Arguments, 'every' | 'metricsPort'>,
): Promise<void> {
  const stop = stopOnSignal('settle')
  const log = createLog()
  const status: SettleStatus = { fault: null, turnedAt: performance.now(), skipped: 0, scores: [] }
  await using running = new AsyncDisposableStack()
  if (metricsPort !== undefined) {
    const operations = await serveOperations({
      port: metricsPort,
      idle: () => (performance.now() - status.turnedAt) / 1000,
      notReady: () => status.fault,
      metrics: () => settleMetrics(status),
    })
    running.defer(() => operations.close())
    log.info({ url: operations.url }, 'operations')
  }
  await settleLive({ streams, predictions, labels, stop, every, status, log })
}

export const settleCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'settle',
      'Scores the predictions on a topic against the labels that have come since, once or as they come.',
      'npm run settle -- --topics embedded --predictions ticks.predictions',
    )
      .option(
        '--topics <engine>',
        'embedded, embedded://FILE or kafka://HOST:PORT',
        process.env.SPIKE60_TOPICS ?? 'embedded',
      )
      .option('--predictions <topic>', 'topic that models/infer.ts writes', 'ticks.predictions')
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
