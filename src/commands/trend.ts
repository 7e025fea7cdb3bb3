import { readConfig } from '../config.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { followTrend, type TrendTable, trendOfFiles } from '../jobs/windows/follow_trend.ts'
import { command, runCommand, topicEngines, wholeNumber } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  raw?: string[]
  topics: string
  topic_in?: string
  times: number
  every: number
  now?: number
  config?: string
  json?: boolean
}

async function main({ raw, topics, times, every, json, ...given }: Arguments): Promise<void> {
  const config = readConfig(given.config)
  const show = json ? (table: TrendTable) => console.log(JSON.stringify(table)) : print
  const plan = { times, every, now: given.now ?? null }
  if (raw !== undefined) {
    for (const table of await trendOfFiles(raw, config, plan)) show(table)
    return
  }
  const stop = stopOnSignal('trend')
  const streams = await openStreams(topics, 'there')
  try {
    for await (const table of followTrend(streams, given.topic_in ?? config.topics.raw.name, plan, stop)) show(table)
  } finally {
    await streams.close()
  }
}

function print({ run, now, rows }: TrendTable): void {
  const at = now === null ? 'no trade yet' : isoTime(now * 1e6)
  console.log(`${run + 1}: ${at}${now !== null && rows.length === 0 ? ': no trade in the last six minutes' : ''}`)
  for (const { base, start, trades, total_volume, total_amount, average_price, actual_avg, price_trend } of rows) {
    const [volume, amount] = [total_volume, total_amount].map(sum => (sum === null ? '-' : sum.toFixed(6)).padStart(18))
    const [mean, average] = [average_price, actual_avg].map(price => (price?.toFixed(4) ?? '-').padStart(14))
    const minute = isoTime(start * 1e6).slice(11, 16)
    console.log(
      `  ${base.padEnd(12)} ${minute} ${String(trades).padStart(7)}${volume}${amount}${mean}${average}  ${price_trend}`,
    )
  }
}

/** Parser for a time as ISO 8601 or seconds since the epoch. @returns microseconds. */
function timeOption(text: string): number {
  const micros = /^\d{1,11}(\.\d+)?$/.test(text) ? 1e6 * Number(text) : 1000 * Date.parse(text)
  if (Number.isFinite(micros)) return Math.round(micros)
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--now takes a time such as 2026-04-04T00:10:00Z, or seconds since the epoch, not '${text}'`,
  )
}

const program = command(
  'trend',
  'The last six minutes of each base, a table each so many seconds: volume, amount, both averages, and whether the average rose. Columns: minute, trades, volume, amount, mean price, amount / volume, trend.',
  'npm run trend -- --topics demo --times 10 --every 60',
)
  .option(
    '--raw <file...>',
    'saved data in place of a topic: trades one a line, CoinCap frames, bronze, captures',
    files('--raw'),
  )
  .option('--topics <engine>', topicEngines, process.env.SPIKE60_TOPICS ?? 'embedded')
  .option('--topic_in <topic>', 'topic of market events (default: topics.raw of the configuration)')
  .option('--times <n>', 'tables', wholeNumber('--times', 1, 100_000), 10)
  .option('--every <seconds>', 'from one table to the next', wholeNumber('--every', 1, 86_400), 60)
  .option(
    '--now <time>',
    'time of the first table, ISO 8601 or seconds since the epoch; that of the newest trade when absent',
    timeOption,
  )
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print each table as one JSON line')

export const trendCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
