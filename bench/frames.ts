import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../src/config.ts'
import { createFrameWriter } from '../src/exchange/frame_writer.ts'
import { marketMessages } from '../src/exchange/market_messages.ts'
import { readLines } from '../src/market/bronze/read_lines.ts'

const capture = fileURLToPath(new URL('../../shared/captures/coinbase-ticker-2025-12-06.ndjson.gz', import.meta.url))
const day = 86_400_000

/** Frames to measure with, as the socket would give them. */
export interface BenchFrames {
  /** What they are, for people. */
  source: string
  simulated: boolean
  /** The same frames again, `pass` days later. */
  texts(pass: number): string[]
}

/** Frames of the 2025-12-06 capture at their own density, or of the simulated exchange where it is absent. */
export async function readFrames(): Promise<BenchFrames> {
  const simulated = !existsSync(capture)
  const texts = simulated ? simulateFrames() : await readCapture()
  const source = simulated ? 'simulated exchange' : 'Coinbase ticker capture of 2025-12-06'
  return { source, simulated, texts: pass => texts.map(text => shiftDays(text, pass)) }
}

async function readCapture(): Promise<string[]> {
  const all: string[] = []
  for await (const { texts } of readLines(capture)) all.push(...texts.filter(text => text !== ''))
  return all
}

/** Ticker frames only, as in the capture. */
function simulateFrames(): string[] {
  const { simulator } = readConfig()
  const frames = createFrameWriter(simulator.seed)
  const [name, product] = Object.entries(simulator.products)[0]
  const texts: string[] = []
  for (const message of marketMessages({ ...simulator, products: { [name]: product } }))
    if (message.channel === 'ticker') texts.push(frames.update(message))
  return texts
}

/** Moves the envelope's time by whole days. The text is made anew, flat, as one that came from a socket. */
function shiftDays(text: string, days: number): string {
  const at = text.indexOf('"timestamp":"') + 13
  const date = new Date(Date.parse(text.slice(at, at + 10)) + days * day).toISOString().slice(0, 10)
  return Buffer.from(text.slice(0, at) + date + text.slice(at + 10)).toString()
}
