import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { feedFiles } from '../jobs/ingest/feed_files.ts'
import { describeLeftOut } from '../market/decode/left_out.ts'
import { command, positiveNumber, runCommand, topicsOption, warn } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
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
    const options = { streams, config: readConfig(config), raw, rate, stop }
    const { records, events, withdrawn, dead, left_out, notes } = await withProgress(!json, say =>
      feedFiles({ ...options, onProgress: published => say('records', published.records) }),
    )
    for (const note of notes) warn(`note: ${note}`)
    const reasons = describeLeftOut(left_out)
    if (records > 0 && Object.values(events).every(count => count === 0))
      throw new SpikeError(
        'BAD_FILE',
        `${raw.join(', ')}: ${records} records give not one event; ${reasons.join('; ')}`,
      )
    for (const reason of json ? [] : reasons) warn(`left out: ${reason}`)
    const deadLetters = Object.values(dead).reduce((sum, count) => sum + count, 0)
    if (json) console.log(JSON.stringify({ records, events, withdrawn, dead, left_out, notes }))
    else
      console.log(
        `${records} records: ${events.quote} quotes, ${events.trade} trades, ${events.clock} clocks, ${events.gap - withdrawn} gaps; ${deadLetters} dead letters`,
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
      "npm run feed -- --raw 'data/raw/*.ndjson' --rate 500 --topics kafka://127.0.0.1:9092",
    )
      .requiredOption(
        '--raw <file...>',
        'bronze files or captures, plain, gzip or zstd; a quoted pattern is expanded',
        files('--raw'),
      )
      .option('--rate <n>', 'events a second', positiveNumber('--rate'))
      .addOption(topicsOption())
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
