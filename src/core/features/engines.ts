import type { MarketEvent } from '../events/event.ts'
import { type EngineCounts, type EngineOutput, type EngineSettings, ProductEngine } from './engine.ts'

/** One engine a product, made when its first event comes. */
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
