import { type IdRanges, TradeIds } from './trade_ids.ts'

/** Ids of trades by product. */
export class ProductTradeIds {
  private readonly products: Map<string, TradeIds>

  constructor(saved: Record<string, IdRanges> = {}) {
    this.products = new Map(Object.entries(saved).map(([product, ranges]) => [product, new TradeIds(ranges)]))
  }

  snapshot(): Record<string, IdRanges> {
    return Object.fromEntries([...this.products].map(([product, ids]) => [product, ids.snapshot()]))
  }

  get empty(): boolean {
    return this.products.size === 0
  }

  has(product: string, id: string): boolean {
    return this.products.get(product)?.has(id) ?? false
  }

  /** @returns whether the id was not there before; it is now. */
  add(product: string, id: string): boolean {
    let ids = this.products.get(product)
    if (ids === undefined) {
      ids = new TradeIds()
      this.products.set(product, ids)
    }
    return ids.add(id)
  }
}
