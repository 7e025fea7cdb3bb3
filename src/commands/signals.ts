import { Option } from 'commander'
import { type Config, projectConfig, readConfig } from '../config.ts'
import { type WindowKind, windowKinds } from '../core/indicators/candle_columns.ts'
import { type RsiKind, rsiKinds } from '../core/indicators/rsi.ts'
import { drawn } from '../core/models/recipes/drawn.ts'
import { type BrokerName, brokerNames } from '../core/trading/broker.ts'
import { type ExitName, exitNames } from '../core/trading/signals/rules.ts'
import type { TraderSettings } from '../core/trading/trader.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { tellDead } from '../jobs/partitions/dead_tally.ts'
import { newJobStatus } from '../jobs/status.ts'
import { readCandles } from '../jobs/trade/candle_file.ts'
import { compareAside } from '../jobs/trade/compare_aside.ts'
import { readMidCandles } from '../jobs/trade/mid_candles.ts'
import type { TradePartition } from '../jobs/trade/partition.ts'
import { trade, tradeMetrics } from '../jobs/trade/run.ts'
import { signalRows, writeSignalRows } from '../jobs/trade/signals.ts'
import { readSpikes } from '../jobs/trade/spikes.ts'
import { command, outputFile, outputFolder, port, runCommand, topicEngines, warn } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { refuseOtherActivityReport } from '../publish/pdf/activity_pdf.ts'
import { signalReportFiles, writeSignalReport } from '../publish/pdf/signals_pdf.ts'
import { describeComparison, describeSignals, signalSummary } from '../publish/terminal/signals_table.ts'
import { refuseOtherTables } from '../stores/own_tables.ts'
import { openStreams } from '../streams/open.ts'

interface Arguments {
  klines?: string[]
  mids?: string
  spikes?: string
  model?: string
  aside?: string
  compare?: boolean
  from?: string
  topics?: string
  topic_in: string
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  product?: string
  rsi?: RsiKind
  windows?: WindowKind
  exit?: ExitName
  portfolio?: BrokerName
  out?: string
  report?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { klines, mids, topics } = given
  if ([klines, mids, topics].filter(source => source !== undefined).length !== 1)
    throw new SpikeError('BAD_ARGUMENT', 'name one of --klines FILE, --mids FILE and --topics ENGINE')
  const config = readConfig(given.config)
  const settings = settingsOf(given, config.trading)
  if (given.compare) {
    if (topics === undefined || given.aside === undefined)
      throw new SpikeError(
        'BAD_ARGUMENT',
        '--compare needs --topics ENGINE and --aside TOPIC, as both jobs were started',
      )
    await compareJobs({ ...given, topics, aside: given.aside }, config)
  } else if (topics !== undefined) await followTopic({ ...given, topics }, { ...config, trading: settings })
  else await readFiles(given, settings)
}

/** What is not chosen stands in the configuration. A named RSI is compared with others' numbers, and these count rows alone. */
function settingsOf({ rsi, windows, exit, portfolio }: Arguments, configured: TraderSettings): TraderSettings {
  return {
    rsi: rsi ?? configured.rsi,
    windows: windows ?? (rsi === undefined ? configured.windows : 'rows'),
    exit: exit ?? configured.exit,
    portfolio: portfolio ?? configured.portfolio,
  }
}

async function followTopic(given: Arguments & { topics: string }, config: Config): Promise<void> {
  const { topic_in: topicIn, aside: predictions, untilEnd, json } = given
  const status = newJobStatus<TradePartition>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const reads = [topicIn, ...(predictions === undefined ? [] : [predictions])]
  const shown = { job: 'trade', status, reads, metrics: () => tradeMetrics(status) }
  const counts = await runJobProcess({ ...given, name: 'signals', finite: untilEnd, ...shown }, parts =>
    trade({ ...parts, config, topicIn, predictions, finish, status }),
  )
  if (json) console.log(JSON.stringify({ ...counts, dead_letters: status.dead }))
  else
    console.log(
      `${counts.candles} candles, ${counts.trades} paper trades (no order is ever placed), ${tellDead(status.dead)}`,
    )
}

async function compareJobs(given: Arguments & { topics: string; aside: string }, config: Config): Promise<void> {
  const { topics, aside, from = '1970-01-01T00:00:00Z', json } = given
  const since = Date.parse(from)
  if (Number.isNaN(since))
    throw new SpikeError('BAD_ARGUMENT', `--from ${from}: write a time such as 2026-01-05T00:00:00Z`)
  const streams = await openStreams(topics, 'there')
  try {
    const compared = await compareAside(streams, config, aside, 1000 * since)
    if (json) console.log(JSON.stringify({ from, compared }))
    else console.log(describeComparison(compared))
  } finally {
    await streams.close()
  }
}

async function readFiles(given: Arguments, settings: TraderSettings): Promise<void> {
  const { klines, mids, product, spikes, model, out, report, json } = given
  const pages = report === undefined ? [] : signalReportFiles(report)
  keepInputs(
    { '--klines': klines, '--mids': mids, '--spikes': spikes, '--config': given.config ?? projectConfig },
    { '--out': out, '--report': pages },
  )
  if (out !== undefined) await refuseOtherTables([out])
  if (report !== undefined) refuseOtherActivityReport(pages)
  const candles = klines ? await readCandles(klines, product, warn) : await readMidCandles(mids!, product)
  const { table, interval } = candles
  const spike = spikes && (await readSpikes(spikes, model ?? drawn.name, candles.product, table, interval))
  const result = signalRows(candles, settings, spike || undefined)
  if (out !== undefined) await writeSignalRows(out, result, settings)
  if (report !== undefined) {
    await writeSignalReport(pages, result, settings)
    if (!json) console.log(pages.join('\n'))
  }
  if (json) console.log(JSON.stringify(signalSummary(result, settings)))
  else console.log(describeSignals(result, settings))
}

export const signalsCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'signals',
      'Indicators, signals and a paper portfolio of saved candles. It places no order, anywhere.',
      'npm run signals -- --klines klines.csv --out rows.parquet',
    )
      .option(
        '--klines <file...>',
        'klines as a REST answer, bulk CSV or frames of a stream, plain, gzip or zstd; a quoted pattern is expanded',
        files('--klines'),
      )
      .option('--mids <file>', 'a feature file instead: candles of its mids, a minute each')
      .option('--spikes <file>', 'predictions: the same rule is judged standing aside where a spike is likely')
      .option('--model <name>', `with --spikes: whose (default: ${drawn.name})`)
      .option('--topics <engine>', `${topicEngines}: candles of a topic as they come, until stopped`)
      .option('--topic_in <topic>', 'topic of market events, or of candles (market.candles)', 'ticks.raw')
      .option(
        '--aside <topic>',
        'with --topics: nothing is bought while predictions of this topic say that a spike is likely; signals and ledger go to topics of their own, market.signals.aside and market.ledger.aside',
      )
      .option('--compare', 'with --aside: what both jobs have made so far, side by side, with an interval')
      .option('--from <time>', 'with --compare: candles from then on, such as when the model was trained')
      .option('--until-end', 'stop at the end that the topic has now')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .option('--product <name>', 'which, where they are of several products; what they are of, where they do not say')
      .addOption(
        new Option(
          '--rsi <kind>',
          'how gains and losses are averaged (default: trading.rsi of the configuration)',
        ).choices([...rsiKinds]),
      )
      .addOption(
        new Option(
          '--windows <kind>',
          'what a window counts (default: rows where --rsi names a variant to compare, else as configured)',
        ).choices([...windowKinds]),
      )
      .addOption(new Option('--exit <rule>', 'when coins are sold').choices([...exitNames]))
      .addOption(
        new Option('--portfolio <broker>', 'where an order is filled, and at what fee').choices([...brokerNames]),
      )
      .option('--out <file>', 'Parquet file to write; none when absent', outputFile('--out'))
      .option('--report <folder>', 'plots and a PDF page; none when absent', outputFolder('--report'))
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
