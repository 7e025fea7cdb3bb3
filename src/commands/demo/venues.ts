import type { Config } from '../../config.ts'
import { isoTime } from '../../core/math/time.ts'
import { startCaptureServer } from '../../exchange/capture_server.ts'
import { simulationStart } from '../../exchange/price_process.ts'
import { startSimulator } from '../../exchange/simulator.ts'
import { holdsTwoConnections } from '../../market/bronze/copy.ts'
import type { FileKind } from '../../market/bronze/file_kind.ts'
import { inspectFiles } from '../../market/bronze/inspect_files.ts'
import { readRaw } from '../../market/bronze/raw.ts'
import { readEvents } from '../../market/decode/events.ts'
import { configuredFeeds } from '../../market/feeds/configured_feeds.ts'
import { feedByName } from '../../market/feeds/feeds.ts'
import { simulated } from '../../market/feeds/simulated.ts'
import { marketStamp, wallStamp } from '../../market/socket/clock.ts'
import type { Venue } from './live.ts'

/** The simulated exchange on a port of this machine. */
export async function* simulatedVenue(config: Config): AsyncGenerator<Venue> {
  const simulator = await startSimulator({ settings: config.simulator })
  try {
    yield {
      feed: simulated,
      url: simulator.url,
      products: Object.keys(config.simulator.products),
      stamp: marketStamp(undefined, simulationStart),
      start: stampOf(simulationStart),
    }
    await simulator.done
  } finally {
    await simulator.close()
  }
}

/**
 * Saved files, in the order of their times, by capture servers; each is asked only for the products that it has. Bronze of two
 * connections at once goes without a server.
 */
export async function* capturedVenues(config: Config, files: string[]): AsyncGenerator<Venue> {
  for (const { paths, products, kind, feed } of await recordingsOf(config, files)) {
    if (kind === 'bronze' && (await holdsTwoConnections(paths))) {
      yield { feed: feedByName(feed)!, paths }
      continue
    }
    const server = await startCaptureServer({ records: readRaw(paths) })
    try {
      yield {
        feed: feedByName(server.feed)!,
        url: server.url,
        products,
        stamp: marketStamp(text => server.isBogus(text), server.from ?? 0),
        start: stampOf(server.from ?? 0),
      }
      await server.done
    } finally {
      await server.close()
    }
  }
}

/** The exchange of the config's first feed itself, for so many minutes. */
export async function* liveVenue(config: Config, minutes: number): AsyncGenerator<Venue> {
  const stamp = wallStamp()
  const [{ feed, url, channels, products }] = configuredFeeds(config)
  yield {
    feed,
    url,
    channels,
    products: products.map(({ symbol }) => symbol),
    stamp,
    start: stampOf(stamp('')),
    limitMs: 60_000 * minutes,
  }
}

interface SavedRecording {
  paths: string[]
  kind: FileKind['kind']
  feed: string
  products: string[]
  first: number
}

/** Bronze files of a feed are one recording, a bare file is one of its own; those without a wanted product are left out. */
async function recordingsOf(config: Config, files: string[]): Promise<SavedRecording[]> {
  const groups = Map.groupBy(await inspectFiles(files), ({ kind, feed, path }) => (kind === 'bronze' ? feed : path))
  const recordings: SavedRecording[] = []
  for (const group of groups.values()) {
    const paths = group.map(({ path }) => path)
    const [{ kind, feed }] = group
    const products = new Set<string>()
    let first = Number.POSITIVE_INFINITY
    for await (const { events } of readEvents(paths, config))
      for (const { type, product, time } of events) {
        if (type !== 'quote' && type !== 'trade') continue
        products.add(product)
        if (time < first) first = time
      }
    if (products.size > 0) recordings.push({ paths, kind, feed, products: [...products].sort(), first })
  }
  return recordings.sort((a, b) => a.first - b.first)
}

function stampOf(micros: number): string {
  return isoTime(micros).replace(/[-:]|\.\d+/g, '')
}
