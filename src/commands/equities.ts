import { Option } from 'commander'
import { readConfig } from '../config.ts'
import { type AnomalyFeatures, anomalyFeatures } from '../core/indicators/anomaly_features.ts'
import { pageForest, type RollingForestOptions } from '../core/indicators/isolation_forest/rolling_forest.ts'
import { maximum, minimum } from '../core/math/extremes.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { type AggregatedTrades, aggregateTrades } from '../jobs/equities/aggregate.ts'
import type { EquitiesPartition } from '../jobs/equities/partition.ts'
import { equitiesMetrics, runEquities } from '../jobs/equities/run.ts'
import { writeAggregates } from '../jobs/equities/write_aggregates.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { tellDead } from '../jobs/partitions/dead_tally.ts'
import { newJobStatus } from '../jobs/status.ts'
import { describeLeftOut } from '../market/decode/left_out.ts'
import { command, outputFile, port, runCommand, topicEngines, warn, wholeNumbers } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { activityReportFiles, refuseOtherActivityReport, writeActivityReport } from '../publish/pdf/activity_pdf.ts'
import { anomalyPlots, plotAnomalies } from '../publish/plots/anomalies.ts'
import { aligned } from '../publish/terminal/text_table.ts'
import { refuseOtherTables } from '../stores/own_tables.ts'

interface Arguments {
  raw?: string[]
  out?: string
  report?: string
  topics?: string
  topic_in?: string
  partitions?: number[]
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  features: AnomalyFeatures
  line: 'contamination' | 'fixed'
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { raw, out, topics } = given
  if ((raw === undefined) === (topics === undefined))
    throw new SpikeError('BAD_ARGUMENT', 'name either --raw FILE… with --out FILE, or --topics ENGINE')
  if (topics !== undefined) await followTopic({ ...given, topics })
  else if (out === undefined) throw new SpikeError('BAD_ARGUMENT', '--raw needs --out FILE, the Parquet file to write')
  else await readFiles({ ...given, raw: raw!, out })
}

const forestOf = ({ line }: Arguments): RollingForestOptions => ({
  ...pageForest,
  ...(line === 'fixed' && { offset: 'fixed' as const }),
})

async function followTopic(given: Arguments & { topics: string }): Promise<void> {
  const { partitions: own, features, untilEnd, json } = given
  const config = readConfig(given.config)
  const topicIn = given.topic_in ?? config.topics.raw.name
  const status = newJobStatus<EquitiesPartition>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const shown = { job: 'equities', status, reads: [topicIn], metrics: () => equitiesMetrics(status) }
  const job = { config, topicIn, features, forest: forestOf(given), own, finish, status }
  const result = await runJobProcess({ ...given, name: 'equities', finite: untilEnd, ...shown }, parts =>
    runEquities({ ...parts, ...job }),
  )
  if (json) console.log(JSON.stringify({ ...result, dead_letters: status.dead }))
  else {
    const rows = Object.entries(result.scored).map(([ticker, { scored, flagged }]) => ({ ticker, scored, flagged }))
    console.log(flaggedTable(rows))
    console.log(
      `${result.trades} trades, ${result.minutes} minutes, ${result.repeated} repeated, ${tellDead(status.dead)}`,
    )
  }
}

async function readFiles(given: Arguments & { raw: string[]; out: string }): Promise<void> {
  const { raw, out, report, features, line, json } = given
  const pages = report === undefined ? [] : activityReportFiles(report, 'equities', anomalyPlots)
  keepInputs({ '--raw': raw }, { '--out': out, '--report': pages })
  if (report !== undefined) refuseOtherActivityReport(pages)
  await refuseOtherTables([out])
  const forest = forestOf(given)
  const result = await aggregateTrades(raw, { features, forest, mean: 'fold' })
  const { trades, minutes, scored, leftOut } = result
  if (trades.length === 0)
    throw new SpikeError('BAD_FILE', [
      `${raw.join(', ')}: no trade of Polygon (Massive) in it`,
      ...describeLeftOut(leftOut, 5).map(reason => `left out: ${reason}`),
    ])
  const digest = await writeAggregates(out, trades, { 'spike60.features': features, 'spike60.line': line })
  if (report !== undefined) await writeReport(pages, result, given)
  if (json) {
    console.log(
      JSON.stringify({ rows: trades.length, minutes: minutes.length, scored, left_out: leftOut, out, digest }),
    )
    return
  }
  console.log([...describe(result), `${trades.length} trades in ${out}`, `digest ${digest}`].join('\n'))
  for (const reason of describeLeftOut(leftOut)) warn(`left out: ${reason}`)
}

async function writeReport(pages: string[], result: AggregatedTrades, { features, line }: Arguments): Promise<void> {
  const { trades, simulated } = result
  const times = trades.map(({ time }) => time)
  const rows = flaggedRows(result)
  const [scored, flagged] = [rows, rows].map((all, i) =>
    all.reduce((sum, one) => sum + (i === 0 ? one.scored : one.flagged), 0),
  )
  const contamination = line === 'fixed' ? null : pageContamination
  const page = {
    ...{ title: 'Trades that stand apart', simulated },
    footer: 'An anomaly is a trade unlike the last thousand, no more.',
    ...{ from: isoTime(minimum(times)).slice(0, 16), to: isoTime(maximum(times)).slice(0, 16) },
    settings: `Isolation Forest of ${pageForest.trees} trees, features ${features}, line ${line}; ${trades.length} trades`,
    verdict: [
      `${flagged} of ${scored} trades that a model scored were flagged (${shareOf(flagged, scored)}); of its own thousand it flags ${contamination === null ? 'what lies below -0.5' : `${100 * contamination} %`}.`,
    ],
    table: flaggedLines(rows),
  }
  await writeActivityReport(pages, page, plotAnomalies(result, simulated, contamination))
}

function describe(result: AggregatedTrades): string[] {
  return [flaggedTable(flaggedRows(result))]
}

interface FlaggedRow {
  ticker: string
  scored: number
  flagged: number
}

function flaggedRows({ trades, scored }: AggregatedTrades): FlaggedRow[] {
  const tickers = [...new Set(trades.map(({ ticker }) => ticker))]
  return tickers.map(ticker => {
    const { trades: judged, anomalies } = scored[ticker] ?? { trades: 0, anomalies: 0 }
    return { ticker, scored: judged, flagged: anomalies }
  })
}

const { contamination: pageContamination } = pageForest.offset as { contamination: number }

const shareOf = (flagged: number, scored: number): string =>
  scored === 0 ? '–' : `${((100 * flagged) / scored).toFixed(1)} %`

/** The share of the trades that were flagged, beside the one that a model flags of its own window. */
function flaggedLines(rows: FlaggedRow[]): string[][] {
  return [
    ['ticker', 'scored', 'anomalies', `share (of its own window: ${100 * pageContamination} %)`],
    ...rows.map(({ ticker, scored, flagged }) => [ticker, `${scored}`, `${flagged}`, shareOf(flagged, scored)]),
  ]
}

const flaggedTable = (rows: FlaggedRow[]): string => aligned(flaggedLines(rows))

export const equitiesCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'equities',
      'Aggregates and anomaly scores of each trade: of saved frames of Polygon (Massive), or of a topic as trades come.',
      'npm run equities -- --raw trades.ndjson --out aggregates.parquet',
    )
      .option(
        '--raw <file...>',
        'frames, one a line, plain, gzip or zstd; a quoted pattern is expanded',
        files('--raw'),
      )
      .option('--out <file>', 'with --raw: Parquet, one row a trade', outputFile('--out'))
      .option('--report <folder>', 'with --raw: plots and a PDF page; none when absent')
      .option('--topics <engine>', `${topicEngines}: trades of a topic as they come, until stopped`)
      .option('--topic_in <topic>', 'topic of market events (default: topics.raw of the configuration)')
      .option('--partitions <n,n>', 'partitions to work on, all when absent', wholeNumbers('--partitions'))
      .option('--until-end', 'stop at the end that the topic has now')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .addOption(
        new Option('--features <set>', 'what the Isolation Forest looks at: without the raw price, or the original six')
          .choices(Object.keys(anomalyFeatures))
          .default('relative'),
      )
      .addOption(
        new Option('--line <kind>', 'below which score a trade is an anomaly: the lowest 1 % of the window, or -0.5')
          .choices(['contamination', 'fixed'])
          .default('contamination'),
      )
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
