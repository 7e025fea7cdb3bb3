import { readConfig } from '../config.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { tellDead } from '../jobs/partitions/dead_tally.ts'
import { settleLive, settleOnce } from '../jobs/settle/run.ts'
import { newSettleStatus, settleCounts, settleMetrics } from '../jobs/settle/status.ts'
import { command, port, positiveNumber, runCommand, topicsOption } from '../operations/command.ts'
import { printableName } from '../operations/printable.ts'
import { describeScores } from '../publish/terminal/scores_table.ts'

interface Arguments {
  topics: string
  predictions: string
  topic_out?: string
  follow?: boolean
  every: number
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

async function main({ predictions, follow, every, json, ...given }: Arguments): Promise<void> {
  const config = readConfig(given.config)
  const settled = given.topic_out ?? config.topics.settled.name
  const status = newSettleStatus()
  const options = { config, predictions, settled, status }
  const reads = [predictions, config.topics.labels.name]
  const shown = { job: 'settle', status, reads, metrics: () => settleMetrics(status) }
  await runJobProcess({ ...given, name: 'settle', finite: true, ...shown }, async ({ streams, stop, log }) => {
    if (follow) return await settleLive({ ...options, streams, stop, every, log })
    await settleOnce({ ...options, streams, stop })
    const { scores, skipped } = status
    const counts = settleCounts(status)
    if (json) {
      console.log(JSON.stringify({ scores, skipped, ...counts, dead_letters: status.dead }))
      return
    }
    if (scores.length > 0)
      console.log(describeScores(scores.map(score => ({ ...score, model: printableName(score.model) }))))
    else console.log('nothing is settled yet, and no prediction waits for its label')
    console.log(
      `${counts.taken} predictions and labels in; ${counts.late} late, ${counts.repeated} repeated, ${tellDead(status.dead)}`,
    )
  })
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
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
