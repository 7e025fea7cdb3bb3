import { readConfig } from '../config.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { LagCount, readTopic } from '../jobs/check/read_topic.ts'
import { checkFor, isTopic } from '../jobs/check/records.ts'
import { createTally, eventTimeRate, type Tally } from '../jobs/check/tally.ts'
import { describeLeftOut } from '../market/decode/left_out.ts'
import { command, positiveNumber, runCommand, topicsOption, wholeNumber } from '../operations/command.ts'
import { printableName } from '../operations/printable.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  topic: string
  min: number
  topics: string
  group?: string
  seconds: number
  config?: string
  json?: boolean
}

interface Summary extends Tally {
  topic: string
  min: number
  /** Records a second, by event time and by the clock on the wall while reading. */
  rate: { event_time: number | null; wall: number }
  gaps: number
  repeats: number
  lag: { group: string; records: number; partitions: Record<number, number> } | null
  ok: boolean
}

/** The jobs that read a topic, by the topic's key in the config. */
const knownGroups: Record<string, string> = { raw: 'featurizer' }

async function main(options: Arguments): Promise<void> {
  const { topics: names } = readConfig(options.config)
  const known = Object.entries(names).find(([, { name }]) => isTopic(options.topic, name))?.[0]
  const group = options.group ?? (known && knownGroups[known])
  const check = checkFor(options.topic, {
    raw: names.raw.name,
    late: names.late.name,
    news: names.news.name,
    features: names.features.name,
  })
  const streams = await openStreams(options.topics, 'there')
  try {
    const lag = group === undefined ? null : await LagCount.open(streams, options.topic, group)
    const { tally, add } = createTally(check)
    const started = performance.now()
    await readTopic(
      streams,
      options.topic,
      options.seconds,
      record => {
        add(record)
        lag?.add(record)
      },
      () => tally.count >= options.min,
    )
    const elapsed = (performance.now() - started) / 1000
    const products = Object.values(tally.products)
    const sum = (of: 'gaps' | 'repeats'): number => products.reduce((total, one) => total + one[of], 0)
    const summary: Summary = {
      topic: options.topic,
      min: options.min,
      ...tally,
      rate: { event_time: eventTimeRate(tally), wall: tally.count / elapsed },
      gaps: sum('gaps'),
      repeats: sum('repeats'),
      lag: lag && { group: group!, records: lag.records, partitions: lag.partitions },
      ok: tally.invalid === 0 && tally.count >= options.min,
    }
    if (options.json) console.log(JSON.stringify(summary))
    else print(summary)
    if (!summary.ok) throw new SpikeError('CHECK_FAILED', faultsOf(summary))
  } finally {
    await streams.close()
  }
}

function print({ topic, count, rate, products, gaps, missing, repeats, lag, invalid }: Summary): void {
  const byTime = rate.event_time === null ? '' : `${rate.event_time.toFixed(1)}/s by event time, `
  console.log(`${topic}: ${count} records, ${byTime}read at ${Math.round(rate.wall)}/s`)
  for (const [product, one] of Object.entries(products).toSorted()) {
    const span = one.first === null ? '' : `, ${isoTime(one.first)} to ${isoTime(one.last!)}`
    const feeds = one.feeds.length > 0 ? `, of ${one.feeds.map(printableName).join(', ')}` : ''
    console.log(`  ${printableName(product)}: ${one.count}${span}, ${one.gaps} gaps, ${one.repeats} repeats${feeds}`)
  }
  console.log(`holes: ${gaps} gaps, ${missing} frames known to be missing; repeats: ${repeats}; invalid: ${invalid}`)
  if (lag) console.log(`lag of ${lag.group}: ${lag.records} records`)
}

function faultsOf({ topic, count, min, invalid, invalid_reasons }: Summary): string[] {
  const faults = []
  if (count < min) faults.push(`topic ${topic} holds ${count} records, fewer than --min ${min}`)
  if (invalid > 0)
    faults.push(
      `topic ${topic}: ${invalid} of ${count} records are invalid: ${describeLeftOut(invalid_reasons, 5).join('; ')}`,
    )
  return faults
}

const program = command(
  'kafka_consume_check',
  'Reads a topic, checks each record against its schema, and fails when there are too few or invalid ones.',
  'npm run check -- --topic ticks.raw --min 100',
)
  .requiredOption('--topic <name>', 'topic to read')
  .option('--min <n>', 'fail below so many records', wholeNumber('--min'), 1)
  .addOption(topicsOption())
  .option('--group <name>', 'consumer group whose lag is reported (ticks.raw: featurizer)')
  .option('--seconds <n>', 'wait so long for --min records', positiveNumber('--seconds'), 0)
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const checkCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
