import { readConfig } from '../config.ts'
import { feedFiles } from '../jobs/ingest/feed_files.ts'
import { command, positiveNumber, runCommand, topicsOption } from '../operations/command.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  raw: string[]
  rate?: number
  topics: string
  config?: string
  json?: boolean
}

async function main({ raw, rate, topics, config, json }: Arguments): Promise<void> {
  const streams = await openStreams(topics)
  const stop = stopOnSignal('feed')
  try {
    const { records, events, dead } = await feedFiles({
      streams,
      config: readConfig(config),
      raw,
      rate,
      stop,
      onProgress: published => process.stderr.isTTY && process.stderr.write(`\r${published.records} records `),
    })
    const deadLetters = Object.values(dead).reduce((sum, count) => sum + count, 0)
    if (json) console.log(JSON.stringify({ records, events, dead }))
    else
      console.log(
        `${records} records: ${events.quote} quotes, ${events.trade} trades, ${events.clock} clocks, ${events.gap} gaps; ${deadLetters} dead letters`,
      )
  } finally {
    await streams.close()
  }
}

export const feedCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'feed',
      'Puts saved data on ticks.raw, without a socket: as fast as it goes or at so many events a second.',
      'npm run feed -- --raw data/raw/*.ndjson --rate 500 --topics kafka://127.0.0.1:9092',
    )
      .requiredOption('--raw <file...>', 'bronze files or captures, plain, gzip or zstd')
      .option('--rate <n>', 'events a second', positiveNumber('--rate'))
      .addOption(topicsOption())
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
