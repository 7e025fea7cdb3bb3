import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { seededRandom } from '../../../src/core/math/random.ts'
import { encodePrediction } from '../../../src/core/models/artifact/prediction_json.ts'
import { compareAside } from '../../../src/jobs/trade/compare_aside.ts'
import { trade } from '../../../src/jobs/trade/run.ts'
import { minute } from '../../../src/market/klines/kline.ts'
import { openStreams } from '../../../src/streams/open.ts'
import { candleEvent, walkingCandles } from '../../fixtures/klines.ts'

test('both jobs side by side: what each made, what was left out, and an interval; earlier candles are left out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-aside-'))
  const streams = await openStreams(`embedded://${join(folder, 'log.db')}`)
  try {
    const config = readConfig()
    const { raw } = config.topics
    const said = { name: 'said', partitions: raw.partitions }
    await streams.createTopics([raw, said])
    const random = seededRandom(5)
    const walk = walkingCandles(1500, 3, 0)
    const own = { product: 'BTC-USD', model: 'average', alarm: false, tau: 1e-5 }
    const records = walk.flatMap(candle => [
      { topic: raw.name, key: 'BTC-USD', value: encodeEvent(candleEvent('BTC-USD', candle)) },
      ...[0, 1].map(seconds => {
        const time = candle.start + minute + 1e6 * seconds
        return { topic: 'said', key: 'BTC-USD', value: encodePrediction({ ...own, time, probability: random() }) }
      }),
    ])
    const writer = await streams.writer('feed')
    await writer.commit({ records })
    await writer.close()
    const job = { streams, config, topicIn: raw.name, finish: AbortSignal.abort() }
    const plain = await trade(job)
    const aside = await trade({ ...job, predictions: 'said' })
    expect(aside.candles).toBe(plain.candles)
    const [all] = await compareAside(streams, config, 'said', 0)
    expect(all).toMatchObject({ product: 'BTC-USD', candles: 1500 })
    expect(all.left_out).toBeGreaterThan(0)
    expect(all.left_out).toBeLessThan(all.bought)
    expect(all.ratio.value).toBeCloseTo(all.aside / all.plain, 10)
    expect(all.ratio.low).toBeLessThanOrEqual(all.ratio.value)
    const [later] = await compareAside(streams, config, 'said', walk[500].start)
    expect(later.candles).toBe(1000)
  } finally {
    await streams.close()
    rmSync(folder, { recursive: true })
  }
})
