import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { SpikeError } from '../src/errors.ts'
import { openStreams } from '../src/streams/open.ts'
import { startTestBroker } from '../test/harness/kafka/broker.ts'
import type { BenchResult } from './measure.ts'
import { benchCatchUp, type CatchUp } from './stream_catch_up.ts'
import { Closings } from './stream_events.ts'
import { startFeaturizers, startRelay } from './stream_jobs.ts'
import type { Stretch } from './stream_load.ts'
import {
  delaysByStretch,
  describeCost,
  describeDelays,
  describeLag,
  recoveredAfter,
  round,
  settleS,
} from './stream_report.ts'
import { runLoad } from './stream_run.ts'

export interface StreamOptions {
  /** Length of the latency stretch, and of half the relay's. */
  latencyS: number
  /** Length of the sustained stretch; 0 leaves it and the burst out. */
  sustainedS: number
  /** Events a second, sustained. */
  rate: number
}

const products = 200
const latencyRate = 15_000
/** A broker just started compiles itself on the cores that it is measured on: so long the same load goes on before. */
const warmS = 15
/** Seconds of the past that are published first, so that every look-back is filled. */
const historyS = 660

/**
 * A real broker, the real featurizer and an open load on one machine: delay from the event that closes a bar to its row in
 * the hands of a read_committed reader, against a bare relay before and after in the same run; then a burst, then the
 * sustained load. `ratio` is the relay's p99 over the featurizer's: the higher the better, 0.5 is the gate.
 */
export async function benchStream({ latencyS, sustainedS, rate }: StreamOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-stream-'))
  const broker = await startTestBroker()
  const streams = await openStreams(broker.spec)
  const { time, topics } = readConfig()
  const place = { streams, folder, brokerPid: broker.pid() }
  const { partitions } = topics.raw
  const load = { broker: broker.address, partitions, products, outOfOrdernessS: time.out_of_orderness_s }
  const warm: Stretch = { name: 'warm', rate: latencyRate, seconds: warmS }
  const steady: Stretch = { name: 'steady', rate: latencyRate, seconds: latencyS }
  const more: Stretch[] = [
    { name: 'calm', rate: 5000, seconds: 12 },
    { name: 'burst', rate: 50_000, seconds: 10 },
    { name: 'relief', rate: 5000, seconds: 30 },
    { name: 'sustained', rate, seconds: sustainedS },
  ]
  const stretches = [warm, steady, ...(sustainedS > 0 ? more : [])]
  const closing: number[] = []
  const every: number[] = []

  async function relay(name: string): Promise<object> {
    const half = [warm, { ...steady, seconds: latencyS / 2 }]
    const job = await startRelay(streams, broker.spec, partitions, name)
    const closings = new Closings(products, load.outOfOrdernessS)
    let first = Number.NaN
    try {
      const run = await runLoad(place, { ...load, historyS: 0, stretches: half }, job, ({ value }, at) => {
        const [product, moment] = [Number(value.toString('latin1', 28, 32)), Number(value.toString('latin1', 45, 61))]
        if (Number.isNaN(first)) first = moment
        const closes = closings.close(product, moment) !== null
        if (moment < first + (warmS + settleS) * 1e6) return
        every.push((at - moment) / 1000)
        if (closes) closing.push((at - moment) / 1000)
      })
      return describeCost(run.samples, steady)
    } finally {
      await job.process.kill9()
    }
  }

  try {
    const before = await relay('before')
    const [job] = await startFeaturizers({ streams, spec: broker.spec, folder }, '', 1)
    const rows = new Map<string, number>()
    let twice = 0
    const run = await runLoad(place, { ...load, historyS, stretches }, job, ({ value }, at) => {
      const key = `${value.toString('latin1', 12, 21)} ${value.toString('latin1', 30, 40)}`
      if (rows.has(key)) twice++
      rows.set(key, at)
    })
    const { events, ...counted } = await job.counted()
    await job.process.kill9()
    const after = await relay('after')
    const catchUps: CatchUp[] = []
    const all = { streams, spec: broker.spec, address: broker.address, folder, brokerPid: broker.pid(), partitions }
    if (sustainedS > 0) for (const processes of [1, 2]) catchUps.push(await benchCatchUp(all, processes))
    const delays = delaysByStretch(run, rows, stretches)
    const figures = (stretch: Stretch) => ({
      rate: stretch.rate,
      seconds: stretch.seconds,
      row_ms: describeDelays(delays.get(stretch.name)!.delays),
      lag_records: describeLag(run.samples, stretch.name),
      load_behind_ms: round(run.behindMs[stretch.name], 1),
      ...describeCost(run.samples, stretch),
    })
    const ours = describeDelays(delays.get('steady')!.delays)
    const theirs = describeDelays(closing)
    const normal = describeLag(run.samples, 'calm').largest
    const [calm, burst, relief, sustained] = more
    const lost = run.sent - events
    const missing = [...delays.values()].reduce((sum, { missing }) => sum + missing, 0)
    if (lost + missing + twice + counted.duplicates + counted.late + counted.dead > 0)
      throw new SpikeError(
        'CHECK_FAILED',
        `of ${run.sent} events ${lost} were lost, ${counted.duplicates} doubled, ${counted.late} late, ${counted.dead} dead; of ${run.closings.size} rows ${missing} were missing, ${twice} doubled`,
      )
    return {
      name: 'stream',
      ratio: round(theirs.p99 / ours.p99, 3),
      ratios: {},
      latency: {
        ...figures(steady),
        relay_ms: theirs,
        relay_every_event_ms: describeDelays(every),
        relay: [before, after],
      },
      ...(sustainedS > 0 && {
        burst: {
          before: figures(calm),
          burst: figures(burst),
          after: figures(relief),
          normal_lag: normal,
          normal_again_after_s: recoveredAfter(run.samples, 'burst', normal),
        },
        sustained: { ...figures(sustained), drained_after_s: round(run.drainedAfterS, 1) },
      }),
      ...(sustainedS > 0 && { catch_up: catchUps }),
      events: { sent: run.sent, lost, ...counted },
      rows: { expected: run.closings.size, missing, twice },
      products,
      load_average: loadavg().map(value => round(value, 1)),
      node: process.version,
    }
  } finally {
    await streams.close()
    await broker.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
