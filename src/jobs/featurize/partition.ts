import type { MarketEvent, Micros } from '../../core/events/event.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { decodeBar, encodeBar } from '../../core/features/bar/bar.ts'
import type { EngineOutput, EngineSettings, ProductEngine } from '../../core/features/engine.ts'
import { type EngineCounts, noCounts, totalCounts } from '../../core/features/engine_counts.ts'
import { Engines } from '../../core/features/engines.ts'
import { encodeLabel } from '../../core/features/label_json.ts'
import { encodeRowBytes } from '../../core/features/row_bytes.ts'
import { encodeRow } from '../../core/features/row_json.ts'
import { isSimulatedFeed } from '../../market/feeds/simulated.ts'
import { deadLetterOf } from '../../streams/dead_letter.ts'
import type { Incoming, Outgoing } from '../../streams/port.ts'
import type { PartitionWork, WorkState } from '../partitions/partition_work.ts'
import { BarMarks, OpenMarks } from './marks.ts'

/** Topics a featurizer reads and writes. */
export interface FeaturizerTopics {
  raw: string
  bars: string
  features: string
  labels: string
  late: string
}

/** What a featurizer remembers beside its bars and open events: by product the first second that is not closed, and the watermark. */
interface Memory {
  products: Record<string, { open_from: number; watermark: Micros }>
  /** It has taken in an event of the simulated exchange. */
  simulated?: true
}

/** Whether a state says that rows are of the simulated exchange. */
export const isSimulated = (memory: object | null): boolean => (memory as Memory | null)?.simulated === true

/** A record to be written; with a bar, its second. */
type Made = [record: Outgoing, second?: number]

/** Of rows on their topic; whoever reads them takes either. */
export type RowForm = 'json' | 'binary'

/** Makes bars, rows, labels and late events of one partition of market events. Bars are its state: it sees the last ones again. */
export class FeaturizerPartition implements PartitionWork {
  readonly due: Outgoing[] = []
  private readonly topics: FeaturizerTopics
  private readonly encode: typeof encodeRow | typeof encodeRowBytes
  private readonly mostProducts: number
  private readonly engines: Engines
  private readonly barMarks = new BarMarks()
  private readonly openMarks = new OpenMarks()
  /** Engines that have closed a second, and were not told since to compute the next one ahead. */
  private readonly advanced = new Set<ProductEngine>()
  /** Bars whose place on their topic is not known yet. */
  private unplaced: { product: string; second: number }[] = []
  private current: Incoming | null = null
  /** Whether the record in hand was taken in by a former life. */
  private again = false
  /** Of products of which nothing was accepted yet: no state names them, so they take no room, which a restart would free. */
  private unaccepted = noCounts()
  private dead = 0
  private simulated = false

  /** @param mostProducts a product takes a megabyte; events of more of them than so many become dead letters. */
  constructor(
    { rows = 'json', ...settings }: EngineSettings & { rows?: RowForm },
    topics: FeaturizerTopics,
    mostProducts = 1000,
  ) {
    this.topics = topics
    this.encode = rows === 'json' ? encodeRow : encodeRowBytes
    this.mostProducts = mostProducts
    this.engines = new Engines(
      settings,
      this.output((...made) => this.makeDue(...made)),
    )
  }

  recall(record: Incoming): boolean {
    const found = decodeBar(record.value.toString())
    if (found === null) return false
    const { product, bar } = found
    this.engines.of(product).restore(bar)
    this.barMarks.note(product, bar.second, record.offset)
    return true
  }

  restore(memory: object): void {
    this.simulated = isSimulated(memory)
    for (const [product, { open_from, watermark }] of Object.entries((memory as Memory).products))
      this.engines.of(product).goOn(open_from, watermark)
  }

  take(record: Incoming, again: boolean): void {
    this.current = record
    this.again = again
    const event = decodeEvent(record.value.toString())
    if (typeof event === 'string') this.makeDeadLetter(event)
    else if (this.isRoomFor(event.product)) this.takeEvent(event, record.offset)
    else this.makeDeadLetter('too_many_products')
  }

  /** Makes the records of one product's next second ahead of its close: they are due when it is closed, the same as without. */
  anticipate(): boolean {
    for (const engine of this.advanced) {
      this.advanced.delete(engine)
      const kept: Made[] = []
      const output = this.output((...made) => kept.push(made))
      const give = (): void => {
        for (const made of kept) this.makeDue(...made)
      }
      if (engine.anticipate(output, give)) return true
    }
    return false
  }

  state(ends: ReadonlyMap<string, number>): WorkState {
    const { raw, bars } = this.topics
    const barsEnd = ends.get(bars)!
    for (const { product, second } of this.unplaced) this.barMarks.note(product, second, barsEnd)
    this.unplaced = []
    const openFrom = new Map([...this.engines.byProduct].map(([product, engine]) => [product, engine.openFrom]))
    const products = [...this.engines.byProduct].filter(([, engine]) => Number.isFinite(engine.watermark))
    const memory: Memory = {
      products: Object.fromEntries(
        products.map(([product, { openFrom: open_from, watermark }]) => [product, { open_from, watermark }]),
      ),
      ...(this.simulated && { simulated: true }),
    }
    const from = this.openMarks.from(openFrom)
    return {
      memory,
      from: from === null ? {} : { [raw]: from },
      recall: { [bars]: this.barMarks.from(openFrom, barsEnd) },
    }
  }

  /** Watermarks of the products that have one. */
  watermarks(): Map<string, Micros> {
    const all = [...this.engines.byProduct].map(([product, { watermark }]) => [product, watermark] as const)
    return new Map(all.filter(([, watermark]) => Number.isFinite(watermark)))
  }

  /** `unaccepted`: of events of products of which none had been accepted before. */
  counts(): { products: Record<string, EngineCounts>; unaccepted: EngineCounts; dead: number } {
    return { products: this.engines.counts(), unaccepted: this.unaccepted, dead: this.dead }
  }

  private isRoomFor(product: string): boolean {
    const { byProduct } = this.engines
    return byProduct.size < this.mostProducts || byProduct.has(product)
  }

  private takeEvent(event: MarketEvent, offset: number): void {
    this.simulated ||= isSimulatedFeed(event.feed)
    const second = Math.floor(event.time / 1e6)
    const engine = this.engines.of(event.product)
    // Read again after a restart: what fills open seconds counts, what went into closed ones is done.
    if (this.again && second < engine.openFrom) return
    const { openFrom } = engine
    if (engine.push(event) && event.type !== 'clock' && event.type !== 'candle' && second >= engine.openFrom)
      this.openMarks.note(event.product, second, offset)
    if (engine.openFrom !== openFrom) this.advanced.add(engine)
    if (!Number.isFinite(engine.watermark)) {
      this.engines.byProduct.delete(event.product)
      this.unaccepted = totalCounts([this.unaccepted, engine.counts])
    }
  }

  private makeDue(record: Outgoing, second?: number): void {
    if (!this.again) this.due.push(record)
    if (second !== undefined) this.unplaced.push({ product: record.key, second })
  }

  private output(give: (...made: Made) => void): EngineOutput {
    const { topics } = this
    return {
      bar: (product, bar) => give({ topic: topics.bars, key: product, value: encodeBar(product, bar) }, bar.second),
      row: (product, time, values) =>
        give({ topic: topics.features, key: product, value: this.encode(product, time, values) }),
      settled: (product, time, sigma) =>
        give({ topic: topics.labels, key: product, value: encodeLabel(product, time, sigma) }),
      late: event => give({ topic: topics.late, key: event.product, value: JSON.stringify(event) }),
      rejected: (_, reason) => this.makeDeadLetter(reason),
    }
  }

  private makeDeadLetter(reason: string): void {
    if (this.again || this.current === null) return
    this.dead++
    this.due.push(deadLetterOf(this.current, reason))
  }
}
