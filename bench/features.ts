import { readConfig } from '../src/config.ts'
import type { MarketEvent } from '../src/core/events/event.ts'
import { Engines } from '../src/core/features/engines.ts'
import { RowCollector } from '../src/core/features/rows.ts'
import { featureNames } from '../src/core/features/spec.ts'
import { createDecoder } from '../src/market/decode/decoder.ts'
import { decoderOptions } from '../src/market/decode/decoder_options.ts'
import { coinbase } from '../src/market/feeds/coinbase.ts'
import { readFrameText } from '../src/market/feeds/frame_text.ts'
import { readFrames } from './frames.ts'
import { type BenchResult, cpuSeconds, median } from './measure.ts'
import { measureMemory } from './memory.ts'

const warmUps = 3
const repetitions = 9

/**
 * Frame to row, and event to row, against JSON.parse of the same frames in the same run: a repetition does each once, over
 * the frames of another day, so that what disturbs the machine disturbs all of them. All features, rows as typed arrays.
 */
export async function benchFeatures(): Promise<BenchResult> {
  const config = readConfig()
  const settings = { ...config.time, ...config.features }
  const { source, simulated, texts } = await readFrames()
  const decoder = createDecoder(decoderOptions(config))
  let rows = new RowCollector()
  const newEngines = (): Engines =>
    new Engines(settings, { row: (product, time, values) => rows.add(product, time, values) })
  const fromFrames = newEngines()
  const fromEvents = newEngines()
  const seconds = { parse: [] as number[], frames: [] as number[], events: [] as number[] }
  let frames = 0
  let rowsMade = 0

  for (let pass = 0; pass < warmUps + repetitions; pass++) {
    const lines = texts(pass)
    const events: MarketEvent[] = []
    let parsed = 0
    rows = new RowCollector()
    const parse = cpuSeconds(() => {
      for (const line of lines) if (JSON.parse(line).channel === 'ticker') parsed++
    })
    const whole = cpuSeconds(() => {
      for (let i = 0; i < lines.length; i++) {
        const { events } = decoder.decode({
          ...{ received_at: null, feed: 'coinbase', connection: `day ${pass}`, file: source, line: i + 1 },
          ...readFrameText(lines[i], coinbase),
        })
        for (const event of events) fromFrames.push(event)
      }
    })
    frames = lines.length
    rowsMade = rows.rows
    rows = new RowCollector()
    const again = createDecoder(decoderOptions(config))
    for (let i = 0; i < lines.length; i++) {
      const record = { received_at: null, feed: 'coinbase', connection: `day ${pass}`, frame: JSON.parse(lines[i]) }
      for (const event of again.decode({ ...record, text: lines[i], file: source, line: i + 1 }).events)
        events.push(event)
    }
    const pushed = cpuSeconds(() => {
      for (const event of events) fromEvents.push(event)
    })
    if (parsed !== lines.length || rows.rows === 0) throw new Error('the bench measured something else')
    if (pass < warmUps) continue
    seconds.parse.push(parse)
    seconds.frames.push(whole)
    seconds.events.push(pushed)
  }
  const parse = median(seconds.parse)
  return {
    name: 'features',
    ratio: rounded(median(seconds.frames.map((s, i) => seconds.parse[i] / s))),
    ratios: { events: rounded(median(seconds.events.map((s, i) => seconds.parse[i] / s))) },
    events_per_s: Math.round(frames / median(seconds.events)),
    frames_per_s: Math.round(frames / median(seconds.frames)),
    parsed_frames_per_s: Math.round(frames / parse),
    ...{ frames, rows: rowsMade, features: featureNames.length, repetitions, source, simulated },
    memory: await measureMemory(),
    node: process.version,
  }
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1000) / 1000
}
