/** Compares what the exchange acknowledges on a connection with what was asked of it. */
export interface Acknowledgement {
  /** @returns what is not served, once as many acknowledgements have come as requests were sent; else null. */
  see(served: string[]): string[] | null
}

/** One a connection. An exchange leaves out products that it does not know, without a word. */
export function createAcknowledgement(products: string[], requests: number): Acknowledgement {
  const all = new Set<string>()
  let seen = 0
  return {
    see(served) {
      for (const product of served) all.add(product)
      return ++seen === requests ? products.filter(product => !all.has(product)) : null
    },
  }
}
