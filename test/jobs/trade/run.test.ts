import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeEvent } from '../../../src/core/events/event_json.ts'
import { runPartitions } from '../../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { tradeJob } from '../../../src/jobs/trade/run.ts'
import { candleEvent, walkingCandles } from '../../fixtures/klines.ts'
import { feedJob } from '../../harness/job_outputs.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

test('2.b6: a job that starts after the back-fill begins with the first candle of it', async () => {
  const config = readConfig()
  const job = tradeJob({ config, topicIn: config.topics.raw.name })
  const streams = createMemoryStreams()
  const candles = walkingCandles(360, 7)
  await feedJob(
    streams,
    job,
    candles.map(one => ({
      topic: config.topics.raw.name,
      key: 'BTC-USDT',
      value: encodeEvent(candleEvent('BTC-USDT', one)),
    })),
  )
  await runPartitions({ ...job, streams, finish: AbortSignal.abort(), status: newJobStatus() })
  const starts = streams.records(config.topics.signals.name).map(({ value }) => JSON.parse(value.toString()).start)
  expect(starts).toEqual(candles.map(({ start }) => start))
})
