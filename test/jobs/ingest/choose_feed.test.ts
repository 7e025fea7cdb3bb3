import { describe, expect, test } from 'vitest'
import { type FeedSettings, productsOf, readConfig } from '../../../src/config.ts'
import { chooseFeed, chooseFeeds } from '../../../src/jobs/ingest/choose_feed.ts'
import { configuredFeeds } from '../../../src/market/feeds/configured_feeds.ts'

const listing = (as: string, symbol = as) => ({ as, symbol })
const coinbase: FeedSettings = {
  ...{ name: 'coinbase', url: 'wss://example.org', stale_after_s: 7 },
  products: [listing('BTC-USD'), listing('ether', 'ETH-USD')],
}
const config = { ...readConfig(), feeds: [coinbase] }
const simulated: FeedSettings = { name: 'simulated', products: [listing('SIM')], stale_after_s: 3 }

describe('the feed of a run', () => {
  test('is the first of the config, unless another is named; one that the config does not have stands in for what it can', () => {
    expect(chooseFeed(config).feeds).toEqual([coinbase])
    expect(chooseFeed({ ...config, feeds: [coinbase, simulated] }, 'simulated').feeds).toEqual([simulated, coinbase])
    const { feeds } = chooseFeed(config, 'coinbase-exchange')
    expect(feeds).toEqual([{ name: 'coinbase-exchange', products: coinbase.products, stale_after_s: 7 }])
  })

  test('has the products that are named for the run, whoever has them otherwise, by the symbols that are known', () => {
    const both = { ...config, feeds: [coinbase, simulated] }
    const { feeds } = chooseFeed(both, 'coinbase', ['ether', 'SIM'])
    expect(feeds).toEqual([{ ...coinbase, products: [listing('ether', 'ETH-USD'), listing('SIM')] }])
    expect(productsOf(chooseFeed(both, 'simulated', ['BTC-USD']))).toEqual(['BTC-USD', 'ether'])
    expect(productsOf(both)).toEqual(['BTC-USD', 'ether', 'SIM'])
  })

  test('must be one that there is, with products', () => {
    expect(() => chooseFeed(config, 'binanc')).toThrow(/--feed takes coinbase or coinbase-exchange or .*, not 'binanc'/)
    const only = { ...config, feeds: [simulated] }
    expect(() => chooseFeed(only, 'coinbase')).toThrow(/--feed coinbase: the config has no products of it; .*--pair/)
    expect(chooseFeed(only, 'coinbase', ['BTC-USD']).feeds[0].stale_after_s).toBe(3)
  })
})

test('feeds and channels that there are not are refused all at once', () => {
  const feeds = [
    { ...coinbase, channels: ['ticker', 'level2'] },
    { ...simulated, name: 'kraken' },
  ]
  expect(() => configuredFeeds({ feeds })).toThrow(
    /^config: feeds\.0\.channels: coinbase has no level2; name some of ticker, .*\nconfig: feeds\.1\.name: there is no feed 'kraken'; name coinbase, /,
  )
})

describe('several feeds of one run', () => {
  const binance: FeedSettings = {
    name: 'binance',
    products: [listing('BTCUSDT'), listing('ETHUSDT')],
    stale_after_s: 9,
  }
  const news: FeedSettings = { name: 'finnhub', products: [listing('BTC-USD')], stale_after_s: 9 }
  const three = { ...config, feeds: [coinbase, binance, news] }

  test('come first, in the order in which they are named; news may be of the same products', () => {
    expect(chooseFeeds(three, ['binance', 'coinbase']).feeds).toEqual([binance, coinbase, news])
    expect(chooseFeeds(three, ['coinbase', 'finnhub']).feeds).toEqual([coinbase, news, binance])
    expect(chooseFeeds(three).feeds).toEqual(three.feeds)
  })

  test('each take those of the named products that the config gives them', () => {
    const { feeds } = chooseFeeds(three, ['coinbase', 'binance'], ['ether', 'BTCUSDT'])
    expect(feeds.map(({ products }) => products.map(({ as }) => as))).toEqual([['ether'], ['BTCUSDT'], ['BTC-USD']])
  })

  test('are refused where one is named twice, has nothing to do, or brings what another brings; and products of none', () => {
    expect(() => chooseFeeds(three, ['binance', 'binance'])).toThrow('--feed binance is named twice')
    expect(() => chooseFeeds(three, ['coinbase', 'binance'], ['ether', 'DOGE'])).toThrow(
      /--pair DOGE: the config gives it to none of coinbase, binance.*\n--feed binance: none of its products/,
    )
    expect(() => chooseFeeds(three, ['coinbase', 'coinbase-exchange'])).toThrow(
      '--feed coinbase and coinbase-exchange both bring BTC-USD',
    )
  })
})
