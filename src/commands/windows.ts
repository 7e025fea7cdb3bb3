import { type Config, projectConfig, readConfig, windowFault } from '../config.ts'
import { metadataKeys } from '../core/features/metadata.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import { newJobStatus } from '../jobs/status.ts'
import type { WindowsPartition } from '../jobs/windows/partition.ts'
import { replayWindows } from '../jobs/windows/replay.ts'
import { runWindows } from '../jobs/windows/run.ts'
import { type WindowsResult, windowsMetrics } from '../jobs/windows/status.ts'
import {
  command,
  outputFile,
  port,
  runCommand,
  topicEngines,
  wholeNumber,
  wholeNumbers,
} from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { runPaths } from '../run_paths.ts'
import { refuseOtherTables } from '../stores/own_tables.ts'
import { windowsDigest, writeWindows } from '../stores/windows.ts'

interface Arguments {
  raw?: string[]
  topics?: string
  length: number
  slide: number
  lateness: number
  out: string
  topic_in?: string
  partitions?: number[]
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { raw, topics } = given
  if ((raw === undefined) === (topics === undefined))
    throw new SpikeError('BAD_ARGUMENT', 'name either --raw FILE… or --topics ENGINE')
  const config = readConfig(given.config)
  if (raw !== undefined) await replayFiles({ ...given, raw }, config)
  else await followTopic({ ...given, topics: topics! }, config)
}

async function replayFiles(given: Arguments & { raw: string[] }, config: Config): Promise<void> {
  const { raw, length, slide, lateness, out, json } = given
  const set = { length_s: length, slide_s: slide, lateness_s: lateness }
  const fault = windowFault(set)
  if (fault !== null) throw new SpikeError('BAD_ARGUMENT', `--length ${length} --slide ${slide}: ${fault}`)
  keepInputs({ '--raw': raw, '--config': given.config ?? projectConfig }, { '--out': out })
  await refuseOtherTables([out])
  const settings = { ...config.windows, sets: [set] }
  const { rows, events, ...result } = await withProgress(!json, say => replayWindows(raw, config, settings, say))
  if (rows.length === 0)
    throw new SpikeError(
      'BAD_FILE',
      `${raw.join(', ')}: no trade of a known product in ${events} events; name files that hold some`,
    )
  const digest = windowsDigest(rows)
  await writeWindows(out, rows, { [metadataKeys.digest]: digest })
  const final = rows.filter(row => row.final).length
  if (json) console.log(JSON.stringify({ windows: rows.length, final, ...result, out, digest }))
  else {
    console.log(`${events} events: ${rows.length} windows of ${length} s each ${slide} s, ${final} final, in ${out}`)
    for (const line of [...describe(result), `digest ${digest}`]) console.log(line)
  }
}

async function followTopic(given: Arguments & { topics: string }, config: Config): Promise<void> {
  const { untilEnd, partitions: own, json } = given
  const topicIn = given.topic_in ?? config.topics.raw.name
  const status = newJobStatus<WindowsPartition>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const metrics = () => windowsMetrics(status, Date.now() * 1000)
  const shown = { job: 'windows', status, reads: [topicIn], metrics }
  const result = await runJobProcess({ ...given, name: 'windows', finite: untilEnd, ...shown }, parts =>
    runWindows({ ...parts, config, topicIn, own, finish, status }),
  )
  if (json) console.log(JSON.stringify(result))
  else for (const line of describe(result)) console.log(line)
}

/** What came of the ticks, in lines for people. */
function describe({ ticks, repeated, late, dead, unknown }: WindowsResult): string[] {
  const left = Object.entries(dead).filter(([, count]) => count > 0)
  return [
    `${ticks} trades and prices in, ${repeated} repeated; ${late.events} late, left out of ${late.memberships} windows`,
    ...(unknown > 0 ? [`${unknown} of products without metadata at their time: see symbols in config.yaml`] : []),
    ...left.map(([reason, count]) => `left out: ${count} ${reason}`),
  ]
}

const program = command(
  'windows',
  'Sliding windows over trades: VWAP, averages, deviations, revised while late trades come. From saved data to Parquet, or from a topic to topics.',
  "npm run windows -- --raw 'data/raw/*.ndjson' --length 60 --slide 10 --out data/processed/windows.parquet",
)
  .option(
    '--raw <file...>',
    'bronze files, captures, or trades one a line, plain, gzip or zstd; a quoted pattern is expanded',
    files('--raw'),
  )
  .option('--length <seconds>', 'with --raw: length of a window', wholeNumber('--length', 1, 86_400), 60)
  .option('--slide <seconds>', 'from one start to the next; divides the length', wholeNumber('--slide', 1, 86_400), 10)
  .option('--lateness <seconds>', 'a window is final so long after its end', wholeNumber('--lateness', 0, 86_400), 600)
  .option('--out <file>', 'Parquet file of the highest revision of each window', outputFile('--out'), runPaths.windows)
  .option('--topics <engine>', `${topicEngines}: windows as config.yaml has them, from a topic as events come`)
  .option('--topic_in <topic>', 'topic of market events (default: topics.raw of the configuration)')
  .option('--partitions <n,n>', 'partitions to work on, all when absent', wholeNumbers('--partitions'))
  .option('--until-end', 'stop at the end that the input topic has now')
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
  .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const windowsCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
