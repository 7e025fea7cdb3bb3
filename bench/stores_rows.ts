export const products = 100
export const productName = (product: number): string => `P${String(product).padStart(3, '0')}-USD`

/** A minute's window as the topic has it. */
export function minuteWindow(product: string, start: number, random: () => number, revision: number) {
  const close = 10 + 60_000 * random()
  const size = 10 * random()
  return {
    ...{ product, start, end: start + 60, trades: Math.floor(500 * random()) },
    ...{ volume: size.toFixed(8), notional: (close * size).toFixed(16), vwap: close, moving_average: close },
    ...{ price_std: close * random() * 0.001, return_std: random(), open: close, high: close, low: close, close },
    ...{ revision, final: true, source: 'trades', base_asset: 'P', quote_asset: 'USD', category: 'unknown' },
  }
}

const columns = [
  ...['product', 'start', 'end', 'trades', 'volume', 'notional', 'vwap', 'moving_average', 'price_std', 'return_std'],
  ...['open', 'high', 'low', 'close', 'revision', 'final', 'source', 'base_asset', 'quote_asset', 'category'],
] as const

/** A line in the order of the table's columns, with moments in UTC. */
export function windowText(window: ReturnType<typeof minuteWindow>, between: string, missing: string): string {
  const cell = (name: (typeof columns)[number]): unknown => {
    const value = window[name]
    return name === 'start' || name === 'end' ? momentOf(Number(value)) : (value ?? missing)
  }
  return `${columns.map(cell).join(between)}\n`
}

let latest = { seconds: Number.NaN, text: '' }
function momentOf(seconds: number): string {
  if (latest.seconds !== seconds)
    latest = { seconds, text: new Date(1000 * seconds).toISOString().replace('T', ' ').replace('.000Z', '+00') }
  return latest.text
}
