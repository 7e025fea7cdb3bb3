import type { MarketEvent, Micros } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { decodeBar, encodeBar } from '../../core/features/bar/bar.ts'
import {
  type EngineCounts,
  type EngineOutput,
  type EngineSettings,
  noCounts,
  type ProductEngine,
} from '../../core/features/engine.ts'
import { Engines } from '../../core/features/engines.ts'
import { encodeLabel } from '../../core/features/label_json.ts'
import { encodeRow } from '../../core/features/row_json.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import { BarMarks, OpenMarks, type PartitionState } from './state.ts'

/** Topics a featurizer writes to. */
export interface OutputTopics {
  bars: string
  features: string
  labels: string
  late: string
  dead: string
}

export interface PartitionOptions {
  partition: number
  settings: EngineSettings
  configHash: string
  topics: OutputTopics
  /** How a dead letter is written down: bytes, where they stood, why. */
  encodeDead(record: Incoming, reason: string): string
}

/** A record to be written; with a bar, its second. */
type Made = [record: Outgoing, second?: number]

/**
 * The featurizer of one input partition: records in, records out, and a state from which another one goes on with the
 * same rows. Knows no clock and no broker.
 */
export class FeaturizerPartition {
  private readonly options: PartitionOptions
  private readonly engines: Engines
  private readonly barMarks = new BarMarks()
  private readonly openMarks = new OpenMarks()
  /** Engines that have closed a second, and were not told since to compute the next one ahead. */
  private readonly advanced = new Set<ProductEngine>()
  private outgoing: Outgoing[] = []
  private fresh: { product: string; second: number }[] = []
  private current: Incoming | null = null
  private muted = false
  private offset = 0
  private committed = 0
  private dead = 0

  constructor(options: PartitionOptions) {
    this.options = options
    this.engines = new Engines(
      options.settings,
      this.output((...made) => this.put(...made)),
    )
  }

  /** Takes in one record of the bars topic again: those from `bars_from` of the state on, in offset order, before `goOn`. */
  restore(record: Incoming): void {
    const { product, bar } = decodeBar(record.value.toString())
    this.engines.of(product).restore(bar)
    this.barMarks.note(product, bar.second, record.offset)
  }

  /** Takes up where `state` stood. */
  goOn(state: PartitionState): void {
    for (const [product, { open_from, watermark }] of Object.entries(state.products))
      this.engines.of(product).goOn(open_from, watermark)
    this.offset = state.resume
    this.committed = state.offset
  }

  /** Takes in one record of the raw topic. */
  take(record: Incoming): void {
    this.current = record
    this.muted = record.offset < this.committed
    this.offset = record.offset + 1
    const event = decodeEvent(record.value.toString())
    if (typeof event === 'string') this.bury(event)
    else this.takeEvent(event, record.offset)
  }

  /**
   * Makes the records of one product's next second ahead of its close, for a caller that has nothing else to do. They are
   * due when it is closed, the same as without. Costs next to nothing where there is nothing to make.
   * @returns whether there was anything.
   */
  anticipate(): boolean {
    for (const engine of this.advanced) {
      this.advanced.delete(engine)
      const kept: Made[] = []
      const output = this.output((...made) => kept.push(made))
      const give = (): void => {
        for (const made of kept) this.put(...made)
      }
      if (engine.anticipate(output, give)) return true
    }
    return false
  }

  /** The records that are due. */
  get due(): readonly Outgoing[] {
    return this.outgoing
  }

  /** The records that are due since the last call. */
  drain(): Outgoing[] {
    const records = this.outgoing
    this.outgoing = []
    return records
  }

  /** The state after all records taken. @param barsEnd end of the bars partition before the records of this drain. */
  state(barsEnd: number): PartitionState {
    for (const { product, second } of this.fresh) this.barMarks.note(product, second, barsEnd)
    this.fresh = []
    const openFrom = new Map([...this.engines.byProduct].map(([product, engine]) => [product, engine.openFrom]))
    const products = [...this.engines.byProduct].filter(([, engine]) => Number.isFinite(engine.watermark))
    return {
      format: 'spike60-featurizer',
      version: 1,
      spec_version: specVersion,
      config_hash: this.options.configHash,
      partition: this.options.partition,
      offset: Math.max(this.offset, this.committed),
      resume: this.openMarks.resume(openFrom, this.offset),
      bars_from: this.barMarks.from(openFrom, barsEnd),
      products: Object.fromEntries(
        products.map(([product, { openFrom: open_from, watermark }]) => [product, { open_from, watermark }]),
      ),
    }
  }

  /** Watermarks of the products that have one. */
  watermarks(): Map<string, Micros> {
    const all = [...this.engines.byProduct].map(([product, { watermark }]) => [product, watermark] as const)
    return new Map(all.filter(([, watermark]) => Number.isFinite(watermark)))
  }

  counts(): { products: Record<string, EngineCounts>; dead: number } {
    return { products: this.engines.counts(), dead: this.dead }
  }

  private takeEvent(event: MarketEvent, offset: number): void {
    const second = Math.floor(event.time / 1e6)
    const engine = this.engines.of(event.product)
    // Read again after a restart: what fills open seconds counts, what went into closed ones is done.
    if (this.muted && second < engine.openFrom) return
    const { openFrom } = engine
    if (engine.push(event) && event.type !== 'clock' && second >= engine.openFrom)
      this.openMarks.note(event.product, second, offset)
    if (engine.openFrom !== openFrom) this.advanced.add(engine)
  }

  private put(record: Outgoing, second?: number): void {
    if (!this.muted) this.outgoing.push(record)
    if (second !== undefined) this.fresh.push({ product: record.key, second })
  }

  private output(give: (...made: Made) => void): EngineOutput {
    const { topics } = this.options
    return {
      bar: (product, bar) => give({ topic: topics.bars, key: product, value: encodeBar(product, bar) }, bar.second),
      row: (product, time, values) =>
        give({ topic: topics.features, key: product, value: encodeRow(product, time, values) }),
      settled: (product, time, sigma) =>
        give({ topic: topics.labels, key: product, value: encodeLabel(product, time, sigma) }),
      late: event => give({ topic: topics.late, key: event.product, value: JSON.stringify(event) }),
      rejected: (_, reason) => this.bury(reason),
    }
  }

  private bury(reason: string): void {
    if (this.muted || this.current === null) return
    this.dead++
    const { key } = this.current
    this.outgoing.push({ topic: this.options.topics.dead, key, value: this.options.encodeDead(this.current, reason) })
  }
}

/** Sums the counts of several products. */
export function totalCounts(counts: Iterable<EngineCounts>): EngineCounts {
  const total = noCounts()
  for (const one of counts) {
    for (const key of Object.keys(total) as (keyof EngineCounts)[]) if (key !== 'rejected') total[key] += one[key]
    for (const key of Object.keys(total.rejected) as (keyof EngineCounts['rejected'])[])
      total.rejected[key] += one.rejected[key]
  }
  return total
}
