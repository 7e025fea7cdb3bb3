import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../src/config.ts'
import { Engines } from '../src/core/features/engines.ts'
import { RowCollector } from '../src/core/features/rows.ts'
import { binanceFrames } from '../src/exchange/binance_market.ts'
import { simulateEquities } from '../src/exchange/equity_market.ts'
import { parseBareLine } from '../src/market/bronze/bare_line.ts'
import { readLines } from '../src/market/bronze/read_lines.ts'
import { createDecoder } from '../src/market/decode/decoder.ts'
import { decoderOptions } from '../src/market/decode/decoder_options.ts'
import { binance } from '../src/market/feeds/binance.ts'
import type { Feed } from '../src/market/feeds/feed.ts'
import { readFrameText } from '../src/market/feeds/frame_text.ts'
import { polygon } from '../src/market/feeds/polygon.ts'
import { type BenchResult, cpuSeconds, median } from './measure.ts'

const capture = '../../shared/captures/binance/spot_streams_btcusdt_2024-08-08.txt.gz'
const warmUps = 3
const repetitions = 9

interface Received {
  received_at: number
  text: string
}

/**
 * Frames of Binance and of Polygon to rows, each against JSON.parse of the same frames in the same run. Binance: book tickers,
 * trades and changes of the book, which are left out. Polygon: lists of quotes and trades of a simulated session.
 */
export async function benchFeeds(): Promise<BenchResult> {
  const config = readConfig()
  const path = fileURLToPath(new URL(capture, import.meta.url))
  const simulated = !existsSync(path)
  const ofBinance = measure(binance, config, simulated ? simulateBinance(config) : await readCapture(path))
  const { products, ...session } = config.simulated_stocks
  const stocks = Object.keys(products).map(name => ({ as: name, symbol: name }))
  const ofPolygon = measure(
    polygon,
    { ...config, feeds: [{ name: 'polygon', products: stocks, stale_after_s: 10 }] },
    Array.from(simulateEquities({ ...session, ...config.simulator, tickers: products, seconds: 1200 }), frame => ({
      received_at: frame.time,
      text: JSON.stringify(frame.items),
    })),
  )
  return {
    // The simulated Binance has a row every six frames, the capture one every hundred: a baseline of its own.
    name: simulated ? 'feeds, simulated' : 'feeds',
    ratio: ofBinance.ratio,
    ratios: { polygon: ofPolygon.ratio },
    binance: { ...ofBinance, source: simulated ? 'simulated Binance' : 'Binance BTCUSDT streams of 2024-08-08' },
    polygon: { ...ofPolygon, source: 'simulated Polygon' },
    ...{ repetitions, simulated, node: process.version },
  }
}

function measure(feed: Feed, config: Config, frames: Received[]) {
  const seconds = { parse: [] as number[], whole: [] as number[] }
  let rows = 0
  for (let pass = 0; pass < warmUps + repetitions; pass++) {
    const decoder = createDecoder(decoderOptions(config))
    const collected = new RowCollector()
    const row = (product: string, time: number, values: Float64Array): void => collected.add(product, time, values)
    const engines = new Engines({ ...config.time, ...config.features }, { row })
    // Flat and new each time, as from a socket.
    const texts = frames.map(({ text }) => Buffer.from(text).toString())
    let parsed = 0
    const parse = cpuSeconds(() => {
      for (const text of texts) if (JSON.parse(text) !== null) parsed++
    })
    const whole = cpuSeconds(() => {
      for (let i = 0; i < texts.length; i++) {
        const { received_at } = frames[i]
        const frame = readFrameText(texts[i], feed)
        const { events } = decoder.decode({
          received_at,
          feed: feed.name,
          connection: 'c',
          file: 'f',
          line: i,
          ...frame,
        })
        for (const event of events) engines.push(event)
      }
    })
    rows = collected.rows
    if (parsed !== texts.length || rows === 0) throw new Error('the bench measured something else')
    if (pass < warmUps) continue
    seconds.parse.push(parse)
    seconds.whole.push(whole)
  }
  return {
    ratio: Math.round(1000 * median(seconds.whole.map((s, i) => seconds.parse[i] / s))) / 1000,
    frames_per_s: Math.round(frames.length / median(seconds.whole)),
    parsed_frames_per_s: Math.round(frames.length / median(seconds.parse)),
    ...{ frames: frames.length, rows },
  }
}

async function readCapture(path: string): Promise<Received[]> {
  const all: Received[] = []
  for await (const { texts } of readLines(path))
    for (const line of texts) {
      const content = parseBareLine(line)
      if (content?.frame && content.received_at !== null)
        all.push({ received_at: content.received_at, text: content.text })
    }
  return all
}

function simulateBinance({ simulator }: Config): Received[] {
  const history = { addTrade() {}, addCandle() {}, answer() {} }
  return Array.from(binanceFrames({ ...simulator, hours: 3 }, history), ({ time, text }) => ({
    received_at: time,
    text,
  }))
}
