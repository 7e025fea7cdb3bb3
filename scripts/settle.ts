import { command, runCommand } from '../cli.ts'
import { readConfig } from '../config.ts'
import { settleTopics } from '../monitor/settle_topics.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  topics: string
  predictions: string
  config?: string
  json?: boolean
}

await runCommand<Arguments>(
  command(
    'settle',
    'Scores the predictions on a topic against the labels that have come since.',
    'node scripts/settle.ts --topics embedded --predictions ticks.predictions',
  )
    .option(
      '--topics <engine>',
      'embedded, embedded://FILE or kafka://HOST:PORT',
      process.env.SPIKE60_TOPICS ?? 'embedded',
    )
    .option('--predictions <topic>', 'topic that models/infer.ts writes', 'ticks.predictions')
    .option('--config <file>', 'another config.yaml')
    .option('--json', 'print one JSON object as the last line'),
  async ({ topics, predictions, config: path, json }) => {
    const config = readConfig(path)
    const streams = await openStreams(topics)
    try {
      const result = await settleTopics(streams, { predictions, labels: config.topics.labels.name })
      if (json) console.log(JSON.stringify(result))
      else console.table(result.scores)
    } finally {
      await streams.close()
    }
  },
)
