/** Shares and news from a topic to the hot store, every process killed in the middle of its writes: each record once, with the same bits. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { encodeEvent } from '../../src/core/events/event_json.ts'
import { decodeScoredTrade } from '../../src/core/indicators/scored_trade.ts'
import { seededRandom } from '../../src/core/math/random.ts'
import { runEquities } from '../../src/jobs/equities/run.ts'
import { runNews } from '../../src/jobs/news/run.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Outgoing, Streams } from '../../src/streams/port.ts'
import { type Contents, contentsOf, difference, textsOf } from '../harness/job_outputs.ts'
import { wasFenced } from '../harness/keeper.ts'
import { startDying, type Victim } from '../harness/victim.ts'

const seed = Number(process.env.CHAOS_SEED ?? 60)
const random = seededRandom(seed)
const oneOf = (limit: number): number => 1 + Math.floor(limit * random())
const config = readConfig()
const { raw, news, scored, aggregations, anomalies, sentiment } = config.topics
const outputs = [scored, aggregations, anomalies, sentiment].map(({ name }) => name)
const folder = mkdtempSync(join(tmpdir(), 'spike60-chaos-equities-'))
const log = `embedded://${join(folder, 'log.db')}`
const place = join(folder, 'hot.db')
const equities = ['scripts/equities.ts', '--topics', log]
const articles = ['scripts/news.ts', '--topics', log]
const store = [
  'scripts/store.ts',
  '--topics',
  log,
  '--store',
  `sqlite:${place}`,
  '--topic_in',
  scored.name,
  '--until-end',
]
const victims: Victim[] = []
afterAll(async () => {
  for (const victim of victims) await victim.kill9()
  rmSync(folder, { recursive: true, force: true })
})

function start(args: string[], write?: string): Victim {
  const victim = startDying(args, write)
  victims.push(victim)
  return victim
}

/** Dies in that write; it is a fault when it ends otherwise. */
async function dieIn(args: string[], write: string): Promise<void> {
  const victim = start(args, write)
  expect({ write, ...(await victim.wait()) }, victim.log()).toEqual({ write, code: null, signal: 'SIGKILL' })
}

/** An hour of trades of two products, each with models of its own, many of one millisecond, and articles. */
function market(): Outgoing[] {
  return Array.from({ length: 6000 }, (_, sequence) => {
    const product = ['BTC-USD', 'ETH-USD'][sequence % 2]
    const time = 1_775_260_800_000_000 + 1000 * Math.floor(600 * sequence * (random() < 0.2 ? 1 : 1.0000001))
    const own = { feed: 'coinbase', product, time, received_at: null, connection: 'a', sequence, index: 0 }
    const texts = { headline: 'Great success', summary: '', source: 's', url: 'u', category: 'c' }
    const price = (100 + random()).toFixed(2)
    const event: MarketEvent =
      sequence % 150 === 7
        ? { type: 'news', ...own, id: `${sequence}`, ...texts }
        : { type: 'trade', ...own, id: `${sequence}`, price, size: (10 * random()).toFixed(3), side: null }
    return { topic: event.type === 'news' ? news.name : raw.name, key: product, value: encodeEvent(event) }
  })
}

async function feed(streams: Streams, records: Outgoing[]): Promise<void> {
  await streams.createTopics([raw, news])
  const writer = await streams.writer('feed')
  await writer.commit({ records })
  await writer.close()
}

test('killed in the middle of every kind of write, topics and hot store hold what an undisturbed run gives, each once', async () => {
  const records = market()
  const calm = await openStreams(`embedded://${join(folder, 'calm.db')}`)
  await feed(calm, records)
  const finish = AbortSignal.abort()
  await runEquities({ streams: calm, config, topicIn: raw.name, features: 'relative', finish })
  await runNews({ streams: calm, config, topicIn: raw.name, finish })
  const wanted = await Promise.all(outputs.map(topic => contentsOf(calm, topic)))
  await calm.close()
  expect(wanted.every(lines => lines.flat().length > 20)).toBe(true)

  const streams = await openStreams(log)
  await feed(streams, records.slice(0, 4000))
  const writes = ['topic:2', 'epoch:1', `record:${oneOf(2000)}`, 'before commit:4', 'after commit:4', `end:${oneOf(2)}`]
  console.log(`chaos of equities, seed ${seed}: ${writes.join(', ')}`)
  for (const write of writes) await dieIn([...equities, '--until-end'], write)
  for (const write of [`record:${oneOf(30)}`, 'after commit:3']) await dieIn([...articles, '--until-end'], write)

  const isReady = (job: Victim): boolean => job.readyAfter() !== null || job.ended() !== null
  const older = [start(equities), start(articles)]
  while (!older.every(isReady)) await delay(20)
  const newer = [start(equities), start(articles)]
  while (!newer.every(isReady)) await delay(20)
  await feed(streams, records.slice(4000))
  await Promise.all(older.map(job => job.wait()))
  for (const job of older) expect(wasFenced(job), job.log()).toBe(true)
  await delay(300 * random())
  await Promise.all(newer.map(job => job.kill9()))

  for (const write of ['before commit:2', 'after commit:2']) await dieIn(store, write)
  for (const args of [[...equities, '--until-end'], [...articles, '--until-end'], store]) {
    const job = start(args)
    expect(await job.wait(), job.log()).toEqual({ code: 0, signal: null })
  }

  // How articles and trades mix is not known, only what comes of them.
  const inAnyOrder = (contents: Contents): Contents => contents.map(lines => lines.toSorted())
  for (const [i, topic] of outputs.entries()) {
    const found = await contentsOf(streams, topic)
    const [is, should] = topic === sentiment.name ? [inAnyOrder(found), inAnyOrder(wanted[i])] : [found, wanted[i]]
    expect({ topic, difference: difference(is, should) }).toEqual({ topic, difference: [] })
  }
  const trades = (await textsOf(streams, scored.name)).map(text => decodeScoredTrade(text)!)
  await streams.close()
  const database = new DatabaseSync(place, { readOnly: true })
  const rows = database.prepare('SELECT product, trade_id, time_us, anomaly_score FROM market_trades').all()
  database.close()
  const lines = (all: unknown[][]): string[] => all.map(one => JSON.stringify(one)).sort()
  expect(lines(rows.map(row => [row.product, row.trade_id, row.time_us, row.anomaly_score]))).toEqual(
    lines(trades.map(({ product, id, time, anomaly_score }) => [product, id, time, anomaly_score])),
  )
}, 300_000)
