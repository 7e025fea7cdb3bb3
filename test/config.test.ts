import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configHash, isProductName, parseConfig, productsOf, readConfig } from '../src/config.ts'
import { SpikeError } from '../src/errors.ts'

const text = readFileSync(new URL('../config.yaml', import.meta.url), 'utf8')

/** The project file with another list of feeds. */
function withFeeds(feeds: string): string {
  return text.replace(/^feeds:[\s\S]*?\n\n/m, `feeds:\n${feeds}\n\n`)
}

function faultsOf(config: string): string[] {
  try {
    parseConfig(config, 'my.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(SpikeError)
    expect((error as SpikeError).exit).toBe(2)
    return (error as SpikeError).faults
  }
  return []
}

it('reads the project file', () => {
  expect(productsOf(readConfig())).toEqual(['BTC-USD', 'ETH-USD', 'BTCUSDT', 'ETHUSDT'])
})

it('names every fault at once, with its path and what is allowed', () => {
  const broken = text
    .replace('out_of_orderness_s: 2 ', 'out_of_orderness_s: -2 ')
    .replace('stale_after_s: 10', 'stale_after_s: soon')
    .replace('percentile: 90', 'percentil: 90')
  const faults = faultsOf(broken)
  expect(faults.join('\n')).toMatch(/my\.yaml: time\.out_of_orderness_s: /)
  expect(faults.join('\n')).toMatch(/my\.yaml: feeds\.0\.stale_after_s: .*number/)
  expect(faults.join('\n')).toMatch(/my\.yaml: label: .*percentil/)
  expect(faults.length).toBeGreaterThanOrEqual(4)
})

it('takes products of equities, pairs and coins, and the name that an exchange has for them', () => {
  const { feeds } = parseConfig(
    withFeeds(`
  - { name: coinbase, products: [BTC-USD], stale_after_s: 10 }
  - { name: binance, url: wss://stream.binance.com:9443, products: [{ as: BTC-USDT, symbol: BTCUSDT }, ETHUSDT], stale_after_s: 60 }
  - { name: polygon, channels: [T], products: [AAPL, BRK.B], stale_after_s: 60 }
  - { name: coincap, products: [bitcoin, { as: shiba-inu }], stale_after_s: 60 }`),
    'my.yaml',
  )
  expect(feeds.map(({ products }) => products)).toEqual([
    [{ as: 'BTC-USD', symbol: 'BTC-USD' }],
    [
      { as: 'BTC-USDT', symbol: 'BTCUSDT' },
      { as: 'ETHUSDT', symbol: 'ETHUSDT' },
    ],
    [
      { as: 'AAPL', symbol: 'AAPL' },
      { as: 'BRK.B', symbol: 'BRK.B' },
    ],
    [
      { as: 'bitcoin', symbol: 'bitcoin' },
      { as: 'shiba-inu', symbol: 'shiba-inu' },
    ],
  ])
})

it('needs no more of a feed than its name and products', () => {
  const { feeds } = parseConfig(withFeeds('  [{ name: coinbase, products: [BTC-USD] }]'), 'my.yaml')
  expect(feeds).toEqual([{ name: 'coinbase', products: [{ as: 'BTC-USD', symbol: 'BTC-USD' }], stale_after_s: 10 }])
})

it('refuses two owners of a product in one line that names both, and says every such fault at once', () => {
  const faults = faultsOf(
    withFeeds(`
  - { name: coinbase, products: [BTC-USD, ETH-USD, ETH-USD], stale_after_s: 10 }
  - { name: binance, products: [{ as: BTC-USD, symbol: BTCUSD }, { as: A, symbol: SOLUSD }, { as: B, symbol: SOLUSD }], stale_after_s: 10 }
  - { name: coincap, products: [ETH-USD, 'not one'], stale_after_s: 10 }`),
  )
  expect(faults).toEqual([
    expect.stringMatching(
      /^my\.yaml: feeds\.2\.products\.1\.as: a product has letters.*BTC-USD, BTCUSDT, BRK\.B or shiba-inu/,
    ),
    expect.stringMatching(/^my\.yaml: feeds\.0\.products\.2: ETH-USD stands twice under coinbase; /),
    expect.stringMatching(
      /^my\.yaml: feeds\.1\.products\.0: BTC-USD .*coinbase.*binance.*\{ as: BTC-USD\.binance, symbol: BTCUSD \}/,
    ),
    expect.stringMatching(/^my\.yaml: feeds\.1\.products\.2: SOLUSD of binance is A already .*B/),
    expect.stringMatching(/^my\.yaml: feeds\.2\.products\.0: ETH-USD .*coinbase.*coincap/),
  ])
  expect(
    faultsOf(
      withFeeds('  - { name: a, products: [X], stale_after_s: 1 }\n  - { name: a, products: [Y], stale_after_s: 1 }'),
    ),
  ).toEqual(['my.yaml: feeds: a feed stands once, with all its products'])
  for (const nonsense of ['  [5, null]', '  [{ products: 5 }]', '  [{ name: a, products: [5, null, [x]] }]'])
    expect(faultsOf(withFeeds(nonsense))).not.toEqual([])
})

it('shows the new form to a config from before there were several feeds', () => {
  const former = text.replace(
    /^feeds:[\s\S]*?\n\n/m,
    'feed:\n  url: wss://example.org\n  products: [BTC-USD]\n  channels: [ticker]\n  stale_after_s: 10\n\n',
  )
  const [line, ...more] = faultsOf(former)
  expect(more).toEqual([])
  expect(line).toMatch(/^my\.yaml: feed: is a list now, each feed with its products: /)
  expect(
    parseConfig(text.replace(/^feeds:[\s\S]*?\n\n/m, `${line.slice(line.indexOf('feeds: ['))}\n\n`), '').feeds[0].url,
  ).toBe('wss://example.org')
})

it('knows what a product may be called', () => {
  for (const name of ['BTC-USD', 'BTCUSDT', 'AAPL', 'BRK.B', 'bitcoin', 'shiba-inu', '1INCH-USD', 'x'.repeat(64)])
    expect(isProductName(name), name).toBe(true)
  for (const name of [
    '',
    '-USD',
    'BTC USD',
    'BTC/USD',
    '../x',
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(65),
    'bït',
  ])
    expect(isProductName(name), name).toBe(false)
})

it('refuses what is not YAML and what is not there', () => {
  expect(() => parseConfig('a: [', 'my.yaml')).toThrow(/my\.yaml: is not YAML/)
  expect(() => readConfig('absent.yaml')).toThrow(/absent\.yaml: cannot be read/)
})

it('hashes what decides rows and labels, and nothing else', () => {
  const config = readConfig()
  const other = structuredClone(config)
  other.models.seed = 1
  expect(configHash(other)).toBe(configHash(config))
  other.time.carry_s = 11
  expect(configHash(other)).not.toBe(configHash(config))
})

it('refuses one topic in two roles: the topic of states is compacted, and input on it would be lost', () => {
  const faults = faultsOf(text.replace('name: ticks.state', 'name: ticks.raw'))
  expect(faults).toEqual(['my.yaml: topics: each needs a name of its own'])
})
