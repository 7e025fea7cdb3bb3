import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { marketMessages } from '../../../src/exchange/market_messages.ts'
import { simulationStart } from '../../../src/exchange/price_process.ts'
import { startSimulator } from '../../../src/exchange/simulator.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { at, drop, settings } from '../../fixtures/simulated_market.ts'
import { contentsOf, expectPublished, expectReplayed } from '../../harness/job_outputs.ts'
import { startDying, type Victim } from '../../harness/victim.ts'

const config = readConfig()
const { raw, late } = config.topics
const folder = mkdtempSync(join(tmpdir(), 'backfill-crash-'))
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

const market = { ...settings, hours: 0.1 }
const outage = [70, 90] as const

/** The exchange's REST API, with a say in when it answers, and how much of it. */
async function startRest(url: string) {
  let meet: (() => Promise<'half' | 'whole'>) | null = null
  const server = createServer(async (request, response) => {
    const text = await (await fetch(`${url}${request.url}`)).text()
    const part = (await meet?.()) ?? 'whole'
    response.writeHead(200, { 'content-length': Buffer.byteLength(text) })
    if (part === 'whole') response.end(text)
    else response.write(text.slice(0, text.length / 2))
  })
  await new Promise<void>(go => server.listen(0, '127.0.0.1', go))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What happens at the next questions. */
    on(next: typeof meet) {
      meet = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise(go => server.close(go))
    },
  }
}

test('an ingestor killed at each moment of a back-fill: every missed trade is there once, after the next start', async () => {
  // So slow that the market outlasts all deaths on a busy machine, too.
  const pace = { settings: market, faults: [drop(...outage, 'abrupt')], speed: 20, settleMs: 300 }
  const simulator = await startSimulator(pace)
  const rest = await startRest(new URL(simulator.rest).origin)
  const bronze = join(folder, 'raw')
  const topics = `embedded://${join(folder, 'log.db')}`
  const address = `${rest.url}${new URL(simulator.rest).pathname}`
  const args = ['scripts/ws_ingest.ts', '--url', simulator.url, '--rest', address, '--raw', bronze, '--topics', topics]
  const begin = (write?: string): Victim => {
    const victim = startDying(args, write)
    victims.push(victim)
    return victim
  }
  const killed = { code: null, signal: 'SIGKILL' }
  try {
    // Whether or not it comes to ask: it dies without an answer.
    rest.on(() => new Promise<never>(() => {}))
    const first = begin()
    const streams = await openStreams(topics)
    await streams.createTopics([raw])
    const hasGap = async () => (await contentsOf(streams, raw.name)).flat().some(line => line.includes('"type":"gap"'))
    while (!(await hasGap())) await delay(50)
    await streams.close()
    await first.kill9()

    for (const part of ['nothing', 'half'] as const) {
      let victim: Victim | null = null
      rest.on(async () => {
        if (part === 'nothing') await victim!.kill9()
        else setTimeout(() => victim!.kill9(), 50)
        return 'half'
      })
      victim = begin()
      expect({ part, ...(await victim.wait()) }, victim.log()).toEqual({ part, ...killed })
    }
    rest.on(null)
    for (const write of ['answer:1', 'answer whole:1', 'mark:1']) {
      const victim = begin(write)
      expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, ...killed })
    }
    pace.speed = 100
    const last = begin()
    expect(await last.wait(), last.log()).toEqual({ code: 0, signal: null })
    expect(last.log()).not.toContain('not filled in')
  } finally {
    await rest.close()
    await simulator.close()
  }

  const names = readdirSync(bronze).filter(name => name.endsWith('.ndjson'))
  const files = names.map(name => join(bronze, name))
  const texts = files.map(file => readFileSync(file, 'utf8'))
  expect(texts.filter(text => !text.endsWith('\n')).length).toBeGreaterThanOrEqual(2)

  const streams = await openStreams(topics)
  try {
    await expectPublished(streams, config, files)
    const live = (await contentsOf(streams, raw.name)).flat()
    const trades = live.flatMap(line => {
      const event = JSON.parse(line.slice(line.indexOf('{')))
      return event.type === 'trade' ? [event] : []
    })
    const keys = trades.map(({ product, id }) => `${product} ${id}`)
    const missing = tradesOfMarket().filter(key => !keys.includes(key))
    expect(missing).toEqual([])
    const filled = trades.filter(({ backfilled }) => backfilled).map(({ product, id }) => `${product} ${id}`)
    expect(filled.length).toBeGreaterThan(10)
    for (const key of filled) expect(keys.filter(one => one === key)).toEqual([key])

    expect(await expectReplayed(streams, config, files, join(folder, 'features.parquet'))).toBeGreaterThan(300)
    const lateLines = (await contentsOf(streams, late.name)).flat().filter(line => line.includes('"backfilled":true'))
    expect(lateLines).toHaveLength(filled.length)
  } finally {
    await streams.close()
  }
})

/** Every trade that the exchange had from the first connection on. */
function tradesOfMarket(): string[] {
  return [...marketMessages(market)].flatMap(message =>
    message.channel === 'market_trades' && message.time > simulationStart + 10_000_000 && message.time > at(0)
      ? message.trades.map(json => `${message.product} ${JSON.parse(json).trade_id}`)
      : [],
  )
}
