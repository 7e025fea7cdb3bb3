import type { MarketEvent } from '../events/event.ts'
import { type EngineOutput, type EngineSettings, ProductEngine } from './engine.ts'
import type { EngineCounts } from './engine_counts.ts'

/**
 * One engine a product, made when its first event comes.
 * @example
 * const rows = new RowCollector()
 * const engines = new Engines({ ...config.time, ...config.features }, {
 *   row: (product, time, values) => rows.add(product, time, values),
 * })
 * for await (const event of events) engines.push(event)
 * const table = rows.takeTable() // sorted by (product, time), one Float64Array a feature
 */
export class Engines {
  readonly byProduct = new Map<string, ProductEngine>()
  private readonly settings: EngineSettings
  private readonly output: EngineOutput

  constructor(settings: EngineSettings, output: EngineOutput) {
    this.settings = settings
    this.output = output
  }

  push(event: MarketEvent): void {
    this.of(event.product).push(event)
  }

  /** The engine of a product, made where there is none yet. */
  of(product: string): ProductEngine {
    let engine = this.byProduct.get(product)
    if (engine === undefined) {
      engine = new ProductEngine(product, this.settings, this.output)
      this.byProduct.set(product, engine)
    }
    return engine
  }

  counts(): Record<string, EngineCounts> {
    return Object.fromEntries([...this.byProduct].map(([product, engine]) => [product, engine.counts]))
  }
}
