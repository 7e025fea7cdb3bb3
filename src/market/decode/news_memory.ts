/** By product, the ids of its last articles, oldest first. Plain JSON. */
export type NewsState = Record<string, string[]>

/** More come not out on two days, and no question goes back further; a snapshot of them stays small. */
const remembered = 1000

/** Which articles were given out: each (product, id) once, however many answers tell of it. */
export class NewsMemory {
  private readonly products: Map<string, Set<string>>

  constructor(state: NewsState = {}) {
    this.products = new Map(Object.entries(state).map(([product, ids]) => [product, new Set(ids)]))
  }

  get empty(): boolean {
    return this.products.size === 0
  }

  snapshot(): NewsState {
    return Object.fromEntries([...this.products].map(([product, ids]) => [product, [...ids]]))
  }

  /** @returns whether the article was not there before; it is now. */
  add(product: string, id: string): boolean {
    const ids = this.products.get(product) ?? new Set()
    this.products.set(product, ids)
    if (ids.has(id)) return false
    ids.add(id)
    if (ids.size > remembered) ids.delete(ids.values().next().value!)
    return true
  }
}
