/** Frames in the wire's shape with made-up numbers. Times are seconds after `start`. */
export const start = Date.UTC(2026, 0, 5)

export function iso(seconds: number, digits = 6): string {
  const whole = Math.floor(seconds)
  const fraction = Math.round((seconds - whole) * 10 ** digits)
  const text = new Date(start + whole * 1000).toISOString().slice(0, 19)
  return digits === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(digits, '0')}Z`
}

export function micros(seconds: number): number {
  return start * 1000 + Math.round(seconds * 1e6)
}

export function ticker(sequence: number, seconds: number, product = 'BTC-USD', fields: object = {}): string {
  return envelope('ticker', sequence, seconds, [
    {
      type: 'update',
      tickers: [
        {
          type: 'ticker',
          product_id: product,
          price: '100.5',
          best_bid: '100.4',
          best_ask: '100.6',
          best_bid_quantity: '1.5',
          best_ask_quantity: '2',
          ...fields,
        },
      ],
    },
  ])
}

export function trades(sequence: number, seconds: number, items: object[]): string {
  return envelope('market_trades', sequence, seconds, [{ type: 'update', trades: items }])
}

export function trade(id: string, seconds: number, product = 'BTC-USD', fields: object = {}): object {
  return { product_id: product, trade_id: id, price: '100.5', size: '0.25', time: iso(seconds), side: 'BUY', ...fields }
}

export function heartbeat(sequence: number, seconds: number): string {
  return envelope('heartbeats', sequence, seconds, [{ current_time: '2026-01-05', heartbeat_counter: sequence }])
}

export function subscriptions(sequence: number, seconds: number, products: string[]): string {
  return envelope('subscriptions', sequence, seconds, [
    { subscriptions: { ticker: products, heartbeats: ['heartbeats'] } },
  ])
}

export function envelope(channel: string, sequence: number, seconds: number, events: unknown): string {
  return JSON.stringify({ channel, timestamp: iso(seconds, 9), sequence_num: sequence, events })
}

export function exchangeTicker(sequence: number, seconds: number, fields: object = {}): string {
  return JSON.stringify({
    type: 'ticker',
    sequence,
    product_id: 'BTC-USD',
    price: '100.5',
    best_bid: '100.4',
    best_bid_size: '1',
    best_ask: '100.6',
    best_ask_size: '2',
    side: 'buy',
    time: iso(seconds),
    trade_id: sequence,
    last_size: '0.5',
    ...fields,
  })
}
