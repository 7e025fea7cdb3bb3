import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Config, configHash } from '../../config.ts'
import type { MarketEvent } from '../../core/events/event.ts'
import { encodeEvent } from '../../core/events/event_json.ts'
import { specVersion } from '../../core/features/spec.ts'
import { isSimulatedFeed } from '../../market/feeds/simulated.ts'
import { HighWater } from './high_water.ts'
import { type Manifest, manifestName } from './manifest.ts'

/** The events of one product that are not written yet. */
interface OpenSegment {
  lines: string[]
  characters: number
  first: number
  highBefore: number | null
  water: HighWater
}

/**
 * Puts events, in the order in which they stand on `ticks.raw`, into segments of a product, with a manifest that says how far time
 * had come at each: what a worker needs to take up anywhere.
 */
export class ArchiveWriter {
  readonly manifest: Manifest
  readonly #folder: string
  readonly #aheadLimitSeconds: number
  readonly #segmentCharacters: number
  readonly #open = new Map<string, OpenSegment>()

  /** @param folder is there and empty. @param segmentCharacters a segment ends with the event that makes it longer. */
  constructor(folder: string, config: Config, segmentCharacters = 1 << 22) {
    this.#folder = folder
    this.#aheadLimitSeconds = config.time.ahead_limit_s
    this.#segmentCharacters = segmentCharacters
    const ofProgram = { spec_version: specVersion, config_hash: configHash(config) }
    this.manifest = { version: 1, ...ofProgram, simulated: false, products: {} }
  }

  push(event: MarketEvent): void {
    this.manifest.products[event.product] ??= { begins: null, segments: [] }
    const product = this.manifest.products[event.product]
    let segment = this.#open.get(event.product)
    if (segment === undefined) {
      segment = this.#begin(product.segments)
      this.#open.set(event.product, segment)
    }
    segment.water.push(event)
    product.begins ??= segment.water.high
    const line = encodeEvent(event)
    segment.lines.push(line)
    segment.characters += line.length
    if (segment.characters > this.#segmentCharacters) this.#close(event.product, segment)
    this.manifest.simulated ||= isSimulatedFeed(event.feed)
  }

  /** Writes what is open, and the manifest last. */
  end(): Manifest {
    for (const [product, segment] of this.#open) this.#close(product, segment)
    writeFileSync(join(this.#folder, manifestName), `${JSON.stringify(this.manifest, null, 1)}\n`)
    return this.manifest
  }

  #begin(segments: Manifest['products'][string]['segments']): OpenSegment {
    const last = segments.at(-1)
    const highBefore = last?.high ?? null
    const water = new HighWater(this.#aheadLimitSeconds, highBefore)
    return { lines: [], characters: 0, first: last ? last.first + last.events : 0, highBefore, water }
  }

  #close(product: string, { lines, first, highBefore, water }: OpenSegment): void {
    const { segments } = this.manifest.products[product]
    const folder = folderOf(product)
    mkdirSync(join(this.#folder, folder), { recursive: true })
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    const file = `${folder}/${String(segments.length).padStart(6, '0')}.ndjson`
    writeFileSync(join(this.#folder, file), bytes)
    const range = { first, events: lines.length, high_before: highBefore, high: water.high }
    segments.push({ file, ...range, crc32: crc32(bytes) })
    this.#open.delete(product)
  }
}

/** A name for a folder, whatever stands in the product's, and another one for each. */
export function folderOf(product: string): string {
  const plain = product.replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+/, '_')
  return plain === product ? plain : `${plain}~${createHash('sha256').update(product).digest('hex').slice(0, 8)}`
}
