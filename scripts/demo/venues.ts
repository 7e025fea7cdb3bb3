import type { Config } from '../../config.ts'
import { startCaptureServer } from '../../market/capture_server.ts'
import { marketStamp, wallStamp } from '../../market/clock.ts'
import { feedByName } from '../../market/feed.ts'
import { simulationStart } from '../../market/price_process.ts'
import { readRaw } from '../../market/raw.ts'
import { simulated } from '../../market/simulated.ts'
import { startSimulator } from '../../market/simulator.ts'
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

/** Saved files, each group of one feed served by a capture server of its own, in the order of their times. */
export async function* capturedVenues(config: Config, files: string[]): AsyncGenerator<Venue> {
  for (const group of await groupByFeed(files)) {
    const server = await startCaptureServer({ records: readRaw(group) })
    try {
      yield {
        feed: feedByName(server.feed)!,
        url: server.url,
        products: config.feed.products,
        stamp: marketStamp(text => server.isBogus(text), server.from ?? 0),
        start: stampOf(server.from ?? 0),
      }
      await server.done
    } finally {
      await server.close()
    }
  }
}

/** The exchange itself, for so many minutes. */
export async function* liveVenue(config: Config, minutes: number): AsyncGenerator<Venue> {
  const stamp = wallStamp()
  yield {
    feed: feedByName('coinbase')!,
    url: config.feed.url,
    products: config.feed.products,
    stamp,
    start: stampOf(stamp('')),
    limitMs: 60_000 * minutes,
  }
}

/** Files in the order of their first record, neighbours of one feed together. */
async function groupByFeed(files: string[]): Promise<string[][]> {
  const first: { file: string; feed: string; time: number }[] = []
  for (const file of files) {
    const server = await startCaptureServer({ records: readRaw([file]) })
    first.push({ file, feed: server.feed, time: server.from ?? 0 })
    await server.close()
  }
  first.sort((a, b) => a.time - b.time)
  const groups: { feed: string; files: string[] }[] = []
  for (const { file, feed } of first) {
    const last = groups.at(-1)
    if (last?.feed === feed) last.files.push(file)
    else groups.push({ feed, files: [file] })
  }
  return groups.map(group => group.files)
}

function stampOf(micros: number): string {
  return new Date(micros / 1000).toISOString().replace(/[-:]|\.\d+/g, '')
}
