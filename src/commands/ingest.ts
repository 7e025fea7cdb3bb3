import { type Config, isProductName, productRule, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { chooseFeed } from '../jobs/ingest/choose_feed.ts'
import { type IngestSummary, runIngestJob } from '../jobs/ingest/run.ts'
import { type IngestStatus, ingestMetrics, newIngestStatus, whyNotReady } from '../jobs/ingest/status.ts'
import { openWhenThere } from '../jobs/when_there.ts'
import { configuredFeeds } from '../market/feeds/configured_feeds.ts'
import type { Feed } from '../market/feeds/feed.ts'
import { feeds } from '../market/feeds/feeds.ts'
import { command, outputFolder, positiveNumber, runCommand, topicsOption, wholeNumber } from '../operations/command.ts'
import { type Operations, serveOperations } from '../operations/endpoints.ts'
import { createLog } from '../operations/log.ts'
import { stopOnSignal } from '../operations/stopping.ts'
import { runPaths } from '../run_paths.ts'

interface Arguments {
  pair?: string[]
  minutes?: number
  url?: string
  feed?: string
  rest?: string
  redundant?: boolean
  raw: string
  topics: string
  metricsPort?: number
  config?: string
  json?: boolean
}

const longestMinutes = 35_000

async function main({
  pair,
  minutes,
  url,
  feed: name,
  rest,
  redundant,
  raw,
  topics,
  config: path,
  json,
  ...options
}: Arguments): Promise<void> {
  const config = chooseFeed(readConfig(path), name, pair && [...new Set(pair)])
  const [listened] = configuredFeeds(config)
  const address = checkUrl(url ?? listened.url)
  if (minutes !== undefined && minutes > longestMinutes)
    throw new SpikeError('BAD_ARGUMENT', `--minutes takes at most ${longestMinutes}; leave it out to run until stopped`)
  const stop = stopOnSignal('ws_ingest')

  const log = createLog()
  const streams = await openWhenThere(topics, reason =>
    log.warn({ reason }, 'no topics yet: bronze is written, and published when they are there'),
  )
  const showProgress = createProgress()
  const status = newIngestStatus()
  const operations = options.metricsPort === undefined ? null : await show(status, options.metricsPort, config)
  if (operations) log.info({ url: operations.url }, 'operations')
  try {
    const summary = await runIngestJob({
      config,
      feed: { ...listened, url: address },
      secret: secretOf(listened.feed),
      rest: restOf(listened.feed, rest, url === undefined && address === listened.feed.url),
      redundant,
      directory: raw,
      streams,
      log,
      signal: stop,
      status,
      limitMs: minutes === undefined ? undefined : minutes * 60_000,
      onProgress: ({ frames, reconnects }, published) =>
        showProgress(`${frames} frames, ${sum(published.events)} events, ${reconnects} reconnects`),
    })
    showProgress(null)
    print(summary, json)
  } finally {
    await operations?.close()
    await streams.close()
  }
}

/** Ready while messages come and are published; a job that waits for its exchange or its broker lives, too. */
function show(status: IngestStatus, port: number, { feeds: [{ stale_after_s }] }: Config): Promise<Operations> {
  return serveOperations({
    port,
    idle: () => (performance.now() - status.turnedAt) / 1000,
    notReady: () => whyNotReady(status, stale_after_s),
    metrics: () => ingestMetrics(status),
  })
}

function print({ files, published, ...counts }: IngestSummary, json = false): void {
  const { events, dead } = published
  if (json) {
    console.log(JSON.stringify({ ...counts, events, gaps: events.gap, dead, files }))
    return
  }
  const { frames, reconnects, stale } = counts
  const letters = sum(dead) > 0 ? `, ${sum(dead)} dead letters (${Object.keys(dead).join(', ')})` : ''
  const connection = `${reconnects} reconnects (${stale} after silence)`
  const where = files.length > 0 ? files.join(', ') : 'no file'
  console.log(`${frames} frames, ${sum(events)} events, ${connection}, ${events.gap} gaps${letters}; ${where}`)
}

/** A line a second on a terminal; null ends it. */
function createProgress(): (line: string | null) => void {
  let shownAt = Number.NEGATIVE_INFINITY
  let width = 0
  return line => {
    if (!process.stderr.isTTY || (line !== null && performance.now() - shownAt < 1000)) return
    shownAt = performance.now()
    process.stderr.write(line === null ? `\r${' '.repeat(width)}\r` : `\r${line.padEnd(width)}`)
    width = Math.max(width, line?.length ?? 0)
  }
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** What the feed's login wants: of the environment, since arguments and files are seen by others. */
function secretOf({ name, logIn }: Feed): string | undefined {
  if (logIn === undefined) return undefined
  const variable = `${name.toUpperCase().replaceAll('-', '_')}_API_KEY`
  const secret = process.env[variable]
  if (secret) return secret
  throw new SpikeError('BAD_ARGUMENT', `environment: ${name} wants a login; set ${variable} to its key`)
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

function checkUrl(text: string): string {
  if (/^wss?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new SpikeError('BAD_ARGUMENT', `--url takes an address that begins with ws:// or wss://, not '${text}'`)
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
  .option('--feed <name>', `${feeds.map(feed => feed.name).join(' or ')} (default: the first of the config)`)
  .option(
    '--rest <address>',
    "where to ask for the trades of a gap, or none (default: the feed's own, none beside --url)",
  )
  .option('--redundant', 'two connections for the same products: what befalls one of them at a time costs nothing')
  .option('--raw <folder>', 'folder of bronze files', outputFolder('--raw'), runPaths.raw)
  .addOption(topicsOption())
  .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', wholeNumber('--metrics-port'))
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print the summary as one JSON line')

export const ingestCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
