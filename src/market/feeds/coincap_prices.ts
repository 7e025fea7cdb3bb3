import { coincapAnswer } from './coincap.ts'
import type { Feed } from './feed.ts'
import { addFault, asObject, decimal, emptyReading, faulty } from './reading.ts'

/**
 * CoinCap v3's prices: an object of slugs and prices in dollars, those that changed. It has no volume and no book, so a
 * price is a quote's `last` and nothing else: no row of features and no VWAP is made of it. Its key goes in a header.
 */
export const coincapPrices: Feed = {
  name: 'coincap-v3',
  venue: 'coincap-v3',
  url: 'wss://wss.coincap.io/prices',
  channels: ['prices'],
  numbering: 'none',
  clock: 'receipt',

  address: (url, symbols) => `${url}?assets=${symbols.map(encodeURIComponent).join(',')}`,
  headers: secret => ({ authorization: `Bearer ${secret}` }),
  subscribe: () => [],
  answer: coincapAnswer,

  // Any object of texts could be one: without bronze, which names its feed, it is none.
  recognises: () => false,

  read(frame) {
    const prices = asObject(frame)
    if (prices === null) return faulty('not_object')
    const reading = emptyReading()
    if ('error' in prices || asObject(prices.data) !== null) return { ...reading, other: 'error' }
    const nothing = { bid: null, ask: null, bid_size: null, ask_size: null }
    for (const [index, [product, value]] of Object.entries(prices).entries()) {
      const last = decimal(value)
      if (last === null || product === '') addFault(reading, 'bad_price', { [product]: value })
      else reading.events.push({ type: 'quote', product, time: null, index, ...nothing, last })
    }
    return reading
  },
}
