import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readConfig } from '../../src/config.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { startBinanceExchange } from '../../src/exchange/binance_exchange.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { openStreams } from '../../src/streams/open.ts'
import { drop, settings } from '../fixtures/simulated_market.ts'
import { expectPublished, expectReplayed } from '../harness/job_outputs.ts'
import { startDying, type Victim } from '../harness/victim.ts'

const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-'))
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

const listed = (names: string[]) => names.map(name => ({ as: name, symbol: name }))
const markets = { coinbase: ['BTC-USD', 'ETH-USD'], binance: ['BTCUSDT', 'ETHUSDT'] }
const products = Object.values(markets).flat()
/** In the midst of a block of bronze, of a transaction, and behind one. */
const writes = [`bronze:${1 + Math.floor(6 * random())}`, `record:${1 + Math.floor(90 * random())}`, 'after commit:3']

test('an ingestor of two feeds killed in the middle of its writes: all of both is published, in the order of its replay, once', async () => {
  console.log(`chaos, seed ${seed}: ${writes.join(', ')}`)
  const market = { settings: { ...settings, hours: 0.06 }, speed: 15, settleMs: 300 }
  const coinbase = await startSimulator({ ...market, faults: [drop(60, 70, 'abrupt')] })
  const binance = await startBinanceExchange({ ...market, faults: [drop(100, 110, 'close')] })
  const feeds = Object.entries({ coinbase, binance }).map(([name, { url }]) => ({
    ...{ name, url, stale_after_s: 10, products: listed(markets[name as keyof typeof markets]) },
  }))
  const path = join(folder, 'config.yaml')
  const config = { ...readConfig(), feeds }
  writeFileSync(path, stringify(config))
  const bronze = join(folder, 'raw')
  const topics = `embedded://${join(folder, 'log.db')}`
  const args = ['--feed', 'coinbase,binance', '--config', path, '--rest', 'none', '--raw', bronze, '--topics', topics]
  const begin = (write?: string): Victim => {
    const victim = startDying(['scripts/ws_ingest.ts', ...args], write)
    victims.push(victim)
    return victim
  }
  try {
    for (const write of writes) {
      const victim = begin(write)
      expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, code: null, signal: 'SIGKILL' })
    }
    const last = begin()
    expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
    expect(last.out()).toMatch(/^\d+ frames \(coinbase \d+, binance \d+\), /)
  } finally {
    await Promise.all([coinbase.close(), binance.close()])
  }

  const files = readdirSync(bronze)
    .filter(name => name.endsWith('.ndjson'))
    .map(name => join(bronze, name))
    .filter(file => statSync(file).size > 0)
  for (const feed of ['simulated-2', 'simulated-binance-2'])
    expect(files.filter(file => file.includes(`/${feed}`)).length).toBeGreaterThan(1)
  const streams = await openStreams(topics)
  try {
    const published = await expectPublished(streams, config, files)
    for (const product of products) expect(published.get(product), product).toBeGreaterThan(100)
    expect(await expectReplayed(streams, config, files, join(folder, 'features.parquet'))).toBeGreaterThan(200)
  } finally {
    await streams.close()
  }
}, 120_000)
