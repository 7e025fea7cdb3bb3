import { type Config, isProductName, productRule, readConfig } from '../config.ts'
import { goodFor, type SessionLength } from '../core/models/split/session_length.ts'
import { SpikeError } from '../errors.ts'
import { chooseFeeds } from '../jobs/ingest/choose_feed.ts'
import { asOnlyPublisher } from '../jobs/ingest/one_recorder.ts'
import { type IngestJobOptions, type IngestSummary, runIngestJob } from '../jobs/ingest/run.ts'
import { type IngestStatus, ingestMetrics, newIngestStatus, whyNotReady } from '../jobs/ingest/status.ts'
import type { TakenFeed } from '../jobs/ingest/take_feed.ts'
import { openWhenThere } from '../jobs/when_there.ts'
import { describeLeftOut } from '../market/decode/left_out.ts'
import { configuredFeeds } from '../market/feeds/configured_feeds.ts'
import type { Feed } from '../market/feeds/feed.ts'
import { feeds } from '../market/feeds/feeds.ts'
import { loginVariable } from '../market/feeds/login_variable.ts'
import { command, outputFolder, port, positiveNumber, runCommand, topicsOption, warn } from '../operations/command.ts'
import { writeEmf } from '../operations/emf.ts'
import { type Operations, serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import { withProgress } from '../operations/progress.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { describeLength } from '../publish/terminal/session_length.ts'
import { runPaths } from '../run_paths.ts'
import { logFiles } from '../streams/open.ts'
import type { Streams } from '../streams/port.ts'

interface Arguments {
  pair?: string[]
  minutes?: number
  url?: string
  feed?: string[]
  rest?: string
  redundant?: boolean
  raw: string
  topics: string
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

const longestMinutes = 35_000

async function main({
  pair,
  minutes,
  url,
  feed: names,
  rest,
  redundant,
  raw,
  topics,
  config: path,
  json,
  ...options
}: Arguments): Promise<void> {
  const config = chooseFeeds(readConfig(path), names, pair && [...new Set(pair)])
  const taken = takenFeeds(config, names?.length ?? 1, { url, rest })
  if (minutes !== undefined && minutes > longestMinutes)
    throw new SpikeError('BAD_ARGUMENT', `--minutes takes at most ${longestMinutes}; leave it out to run until stopped`)
  if (redundant && taken.every(({ feed }) => feed.feed.poll))
    throw new SpikeError('BAD_ARGUMENT', `--redundant: ${taken[0].feed.feed.name} has no connection; leave it out`)
  const stop = stopOnSignal('ws_ingest')

  const log = createLog()
  const status = newIngestStatus()
  const operations = options.metricsPort === undefined ? null : await show(status, options.metricsPort)
  if (operations) log.info({ url: operations.url }, 'operations')
  const endEmf = options.metricsEmf ? writeEmf('ingest', () => ingestMetrics(status)) : null
  let streams: Streams | null = null
  try {
    streams = await openWhenThere(topics, reason =>
      log.warn({ reason }, 'no topics yet: bronze is written, and published when they are there'),
    )
    const job: IngestJobOptions = {
      config,
      feeds: taken,
      fillsGaps: rest !== 'none',
      redundant,
      directory: raw,
      streams,
      log,
      signal: stop,
      status,
      limitMs: minutes === undefined ? undefined : minutes * 60_000,
    }
    const [file] = logFiles(topics)
    const run = (): Promise<IngestSummary> =>
      withProgress(!json, say => {
        const tell: IngestJobOptions['onProgress'] = ({ frames, reconnects }, { events }) =>
          say(`${frames} frames, ${sum(events)} events, ${reconnects} reconnects`)
        return runIngestJob({ ...job, onProgress: tell })
      })
    const summary = await (file === undefined ? run() : asOnlyPublisher(file, run))
    print(summary, lengthOf(summary, taken, config), json)
    if (summary.failures.length > 0)
      throw new SpikeError(
        summary.failures[0].code,
        summary.failures.flatMap(({ faults }) => faults),
      )
  } finally {
    endEmf?.()
    await operations?.close()
    await streams?.close()
  }
}

/**
 * The first feeds of the config, each with its address, its login and where it is asked for past trades.
 * @throws SpikeError BAD_ARGUMENT for an address that is none, one for several feeds, and a login that is not in the environment.
 */
function takenFeeds(config: Config, count: number, { url, rest }: Pick<Arguments, 'url' | 'rest'>): TakenFeed[] {
  if (count > 1 && (url !== undefined || (rest !== undefined && rest !== 'none')))
    throw new SpikeError('BAD_ARGUMENT', '--url and --rest are for one feed; give each its url in the config')
  return configuredFeeds(config)
    .slice(0, count)
    .map(feed => {
      const address = checkUrl(url ?? feed.url, feed.feed)
      const asked = restOf(feed.feed, rest, url === undefined && address === feed.feed.url)
      return { feed: { ...feed, url: address }, secret: secretOf(feed.feed), rest: asked }
    })
}

/** Ready while messages of each feed come and are published; a job that waits for its exchange or its broker lives, too. */
function show(status: IngestStatus, port: number): Promise<Operations> {
  return serveOperations({
    port,
    idle: () => (performance.now() - status.turnedAt) / 1000,
    notReady: () => whyNotReady(status),
    metrics: () => ingestMetrics(status),
  })
}

/** What the recorded market time is good for. */
function lengthOf({ published: { span } }: IngestSummary, taken: TakenFeed[], config: Config): SessionLength {
  const seconds = span === null ? 0 : Math.round((span.to - span.from) / 1e6)
  const markets = taken.filter(({ feed }) => feed.feed.brings === undefined)
  return goodFor({ seconds, products: markets.reduce((sum, { feed }) => sum + feed.products.length, 0) }, config)
}

function print(
  { files, published, feeds: all, failures, ...counts }: IngestSummary,
  session: SessionLength,
  json = false,
): void {
  const { events, withdrawn, dead, left_out } = published
  const gaps = events.gap - withdrawn
  const feeds = Object.fromEntries(all.map(({ name, counts }) => [name, counts?.frames ?? 0]))
  if (json) {
    const each = all.length > 1 && { feeds }
    console.log(JSON.stringify({ ...counts, ...each, events, gaps, dead, left_out, session, files }))
    return
  }
  const { frames, reconnects, stale } = counts
  const letters = sum(dead) > 0 ? `, ${sum(dead)} dead letters` : ''
  for (const reason of describeLeftOut(left_out)) warn(`left out: ${reason}`)
  const connection = `${reconnects} reconnects (${stale} after silence)`
  const where = files.length > 0 ? files.join(', ') : 'no file'
  const each = all.length > 1 ? ` (${all.map(({ name }) => `${name} ${feeds[name]}`).join(', ')})` : ''
  console.log(`${frames} frames${each}, ${sum(events)} events, ${connection}, ${gaps} gaps${letters}; ${where}`)
  console.log(describeLength(session))
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** What the feed's login wants, of the environment. */
function secretOf(feed: Feed): string | undefined {
  if (feed.logIn === undefined && feed.headers === undefined) return undefined
  const variable = loginVariable(feed)
  const secret = process.env[variable]
  if (secret) return secret
  throw new SpikeError('BAD_ARGUMENT', `environment: ${feed.name} wants a login; set ${variable} to its key`)
}

/** Another exchange than the feed's own is asked only where its address is named. */
function restOf(feed: Feed, text: string | undefined, isOwn: boolean): string | undefined {
  if (text === 'none') return undefined
  if (text === undefined) return isOwn ? feed.rest?.url : undefined
  if (!feed.rest) throw new SpikeError('BAD_ARGUMENT', `--rest: ${feed.name} has no past trades; leave --rest out`)
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/+$/, '')
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--rest takes an address that begins with http:// or https://, or none, not '${text}'`,
  )
}

function checkUrl(text: string, feed: Feed): string {
  const [socket, secure] = feed.poll ? ['http', 'https'] : ['ws', 'wss']
  if ([`${socket}:`, `${secure}:`].includes(URL.parse(text)?.protocol ?? ''))
    return feed.poll ? text.replace(/\/+$/, '') : text
  throw new SpikeError(
    'BAD_ARGUMENT',
    `--url takes an address that begins with ${socket}:// or ${secure}://, not '${text}'`,
  )
}

/** Takes the option once more, or several pairs at once. */
function collectPairs(text: string, before: string[] = []): string[] {
  const pairs = text.split(',').map(pair => pair.trim())
  const faulty = pairs.filter(pair => !isProductName(pair))
  if (faulty.length === 0) return [...before, ...pairs]
  throw new SpikeError(
    'BAD_ARGUMENT',
    faulty.map(pair => `--pair '${pair}': ${productRule}`),
  )
}

const program = command(
  'ws_ingest',
  'Takes market data from the exchange to bronze files and, as it comes, to the topic ticks.raw.',
  'npm run ingest -- --pair BTC-USD --minutes 15',
)
  .option('--pair <product>', 'product, repeatable or comma separated (default: those of the config)', collectPairs)
  .option('--minutes <n>', 'end after so long (default: run until stopped)', positiveNumber('--minutes'))
  .option('--url <address>', "another WebSocket address than the config's")
  .option(
    '--feed <name>',
    `${feeds.map(feed => feed.name).join(' or ')}; repeatable or comma separated, each by itself (default: the first of the config)`,
    (text: string, before: string[] = []) => [...before, ...text.split(',').map(name => name.trim())],
  )
  .option(
    '--rest <address>',
    "where to ask for the trades of a gap, or none (default: the feed's own, none beside --url)",
  )
  .option('--redundant', 'two connections for the same products: what befalls one of them at a time costs nothing')
  .option('--raw <folder>', 'folder of bronze files', outputFolder('--raw'), runPaths.raw)
  .addOption(topicsOption())
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
  .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const ingestCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
