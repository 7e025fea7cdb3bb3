import { expect, test } from 'vitest'
import { createDecoder } from '../../../src/market/decode/decoder.ts'
import { binance } from '../../../src/market/feeds/binance.ts'
import { coinbaseExchange } from '../../../src/market/feeds/coinbase_exchange.ts'
import type { Feed } from '../../../src/market/feeds/feed.ts'
import { decoding } from '../../fixtures/feeds.ts'

/** Received at the moment that the peer's own test uses: 2019-09-01T00:00:01.275Z. */
const received_at = 1_567_296_001_275_054

/** Trades and quotes as the peer has them: numbers, times in milliseconds or microseconds. */
function normalised(feed: Feed, symbol: string, frame: object): object[] {
  const far = Number.MAX_SAFE_INTEGER / 2
  const decoder = createDecoder({
    ...decoding(),
    aheadLimit: far,
    feeds: [{ feed, products: [{ as: symbol, symbol }] }],
  })
  const record = { received_at, feed: feed.name, connection: 'a', file: 'f', line: 1, frame }
  const { events, dead } = decoder.decode(record)
  expect(dead).toEqual([])
  return events.flatMap((event): object[] => {
    const { type, product, time } = event
    if (type === 'trade')
      return [{ product, id: event.id, price: Number(event.price), amount: Number(event.size), side: event.side, time }]
    if (type !== 'quote') return []
    const [bid, ask] = [Number(event.bid), Number(event.ask)]
    return [{ product, bid, bidAmount: Number(event.bid_size), ask, askAmount: Number(event.ask_size), time }]
  })
}

/**
 * Raw messages of the public tests of tardis-node (MPL-2.0; test/mappers.test.ts) and what its mappers make of them: typed by
 * hand, trades and book tickers only.
 */
const ofBinance: [name: string, symbol: string, frame: object, expected: object[]][] = [
  [
    'a trade that a buyer took',
    'BNBBTC',
    {
      stream: 'bnbbtc@trade',
      data: {
        ...{ e: 'trade', E: 1554076800945, s: 'BNBBTC', t: 40756030, p: '0.00426990', q: '33.82000000' },
        ...{ b: 133829535, a: 133829504, T: 1554076800940, m: false, M: true },
      },
    },
    [{ product: 'BNBBTC', id: '40756030', price: 0.0042699, amount: 33.82, side: 'buy', time: 1554076800940e3 }],
  ],
  [
    'a trade that a seller took',
    'BNBBTC',
    {
      stream: 'bnbbtc@trade',
      data: {
        ...{ e: 'trade', E: 1567296001038, s: 'BNBBTC', t: 60276726, p: '0.00219650', q: '6.48000000' },
        ...{ b: 255533165, a: 255532831, T: 1567296001034, m: true, M: true },
      },
    },
    [{ product: 'BNBBTC', id: '60276726', price: 0.0021965, amount: 6.48, side: 'sell', time: 1567296001034e3 }],
  ],
  [
    'a book ticker, at its receipt',
    'BTCUSDT',
    {
      stream: 'btcusdt@bookTicker',
      data: { u: 1127645101, s: 'BTCUSDT', b: '8010.00000000', B: '0.14245900', a: '8012.15000000', A: '0.03120100' },
    },
    [{ product: 'BTCUSDT', bid: 8010, bidAmount: 0.142459, ask: 8012.15, askAmount: 0.031201, time: received_at }],
  ],
  [
    'a book ticker of the futures, at its own time',
    'BTCUSDT',
    {
      stream: 'btcusdt@bookTicker',
      data: {
        ...{ e: 'bookTicker', u: 185130926750, s: 'BTCUSDT', b: '33134.42', B: '0.170', a: '33139.39', A: '0.380' },
        ...{ T: 1612137603568, E: 1612137603571 },
      },
    },
    [{ product: 'BTCUSDT', bid: 33134.42, bidAmount: 0.17, ask: 33139.39, askAmount: 0.38, time: 1612137603568e3 }],
  ],
  [
    'a trade of an insurance fund, which met no order of the book, is none',
    'ETHUSDT',
    {
      stream: 'ethusdt@trade',
      data: {
        ...{ e: 'trade', E: 1596034530241, T: 1596034530235, s: 'ETHUSDT', t: 73701056, p: '2366.55', q: '0.070' },
        ...{ X: 'INSURANCE_FUND', m: true },
      },
    },
    [],
  ],
  [
    'a trade of the futures',
    'BTCUSDT',
    {
      stream: 'btcusdt@trade',
      data: {
        ...{ e: 'trade', E: 1596240000596, T: 1596240000519, s: 'BTCUSDT', t: 173525189, p: '11343.67', q: '0.467' },
        ...{ X: 'MARKET', m: true },
      },
    },
    [{ product: 'BTCUSDT', id: '173525189', price: 11343.67, amount: 0.467, side: 'sell', time: 1596240000519e3 }],
  ],
  ['an acknowledgement', 'BTCUSD_200925', { id: 1000, result: null }, []],
]

test.each(ofBinance)("binance, a peer's case: %s", (_, symbol, frame, expected) => {
  expect(normalised(binance, symbol, frame)).toEqual(expected)
})

const ofCoinbase: typeof ofBinance = [
  [
    'a match has the side of the maker',
    'ETC-GBP',
    {
      ...{
        type: 'match',
        trade_id: 216544,
        side: 'buy',
        size: '0.97133855',
        price: '4.97800000',
        product_id: 'ETC-GBP',
      },
      ...{
        maker_order_id: '4c2aa376-4bda-4947-84ee-4dc5a6337cba',
        taker_order_id: '247a6eb2-b5c1-42db-b0ac-cb74b85bcac8',
      },
      ...{ sequence: 253395153, time: '2019-08-01T00:00:03.816000Z' },
    },
    [{ product: 'ETC-GBP', id: '216544', price: 4.978, amount: 0.97133855, side: 'sell', time: 1564617603816e3 }],
  ],
  [
    'a ticker of the book',
    'BTC-USD',
    {
      ...{ type: 'ticker', sequence: 50978628538, product_id: 'BTC-USD', price: '17165.16', side: 'sell' },
      ...{ best_bid: '17165.15', best_bid_size: '0.61540890', best_ask: '17167.76', best_ask_size: '0.18528568' },
      ...{ time: '2022-12-01T00:00:00.122581Z', trade_id: 463751434, last_size: '0.05' },
    },
    [
      {
        ...{ product: 'BTC-USD', bid: 17165.15, bidAmount: 0.6154089, ask: 17167.76, askAmount: 0.18528568 },
        time: 1669852800122581,
      },
      // the peer takes trades from matches alone; a ticker's trade has the taker's side
      { product: 'BTC-USD', id: '463751434', price: 17165.16, amount: 0.05, side: 'sell', time: 1669852800122581 },
    ],
  ],
  [
    'changes of the book',
    'BTC-EUR',
    {
      type: 'l2update',
      product_id: 'BTC-EUR',
      time: '2019-08-01T00:00:03.818Z',
      changes: [['sell', '9202.54', '0.432']],
    },
    [],
  ],
]

test.each(ofCoinbase)("coinbase, a peer's case: %s", (_, symbol, frame, expected) => {
  expect(normalised(coinbaseExchange, symbol, frame)).toEqual(expected)
})
