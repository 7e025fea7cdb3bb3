import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../src/config.ts'
import { decodeWindow } from '../src/core/indicators/windows/window_row.ts'
import { SpikeError } from '../src/errors.ts'
import { openStreams } from '../src/streams/open.ts'
import { startTestBroker, type TestBroker } from '../test/harness/kafka/broker.ts'
import { readByJava } from '../test/harness/kafka/console_consumer.ts'
import { lacksKafka } from '../test/harness/kafka/install.ts'
import { startVictim } from '../test/harness/victim.ts'
import { startRelay, startWindows } from './stream_jobs.ts'
import type { Stretch } from './stream_load.ts'
import { type Delays, describeDelays, settleS } from './stream_report.ts'
import { runLoad } from './stream_run.ts'

/** Ten times the rate for a while, and what it was before again. A broker just started compiles itself: that is left out. */
const stretches = [
  { name: 'warm', rate: 1000, seconds: 15 },
  { name: 'before', rate: 1000, seconds: 15 },
  { name: 'burst', rate: 10_000, seconds: 15 },
  { name: 'after', rate: 1000, seconds: 15 },
]

/** A text where the machine has no broker, which says so loudly. */
export async function measureLive(): Promise<object | string> {
  const lacks = lacksKafka()
  if (lacks !== null) {
    console.error(`bench windows: Kafka SKIPPED, neither a burst nor revisions are measured: ${lacks}`)
    return `SKIPPED: ${lacks}`
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-windows-live-'))
  try {
    return {
      burst: await withBroker(broker => measureBurst(broker, folder)),
      revisions: await withBroker(broker => measureRevisions(broker, folder)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withBroker<Result>(use: (broker: TestBroker) => Promise<Result>): Promise<Result> {
  const broker = await startTestBroker()
  try {
    return await use(broker)
  } finally {
    await broker.remove()
  }
}

/**
 * The real ingestor before an exchange whose rate grows tenfold: from the receipt of a frame until its event is in the hands of
 * a read_committed reader, which is later than the broker's acknowledgement; and what Kafka's own Java consumer reads after it.
 */
async function measureBurst({ spec, address }: TestBroker, folder: string): Promise<object> {
  const { raw } = readConfig().topics
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const exchange = startVictim([
    file('../test/harness/firehose.ts'),
    ...stretches.flatMap(({ rate, seconds }) => [`${rate}`, `${seconds}`]),
  ])
  while (!exchange.out().includes('\n')) await delay(20)
  const url = `ws://127.0.0.1:${exchange.out().trim()}`
  const streams = await openStreams(spec)
  const ingestor = startVictim([
    file('../scripts/ws_ingest.ts'),
    ...['--url', url, '--raw', join(folder, 'raw'), '--topics', spec, '--json'],
  ])
  const over = new AbortController()
  try {
    await streams.createTopics([raw])
    const seen: [received: number, at: number][] = []
    const reading = (async () => {
      const reader = await streams.reader(raw.name)
      while (!over.signal.aborted)
        for (const { value } of await reader.poll(4000, 100)) {
          const text = value.toString('latin1')
          if (!text.startsWith('{"type":"quote"')) continue
          const received = Number(/"received_at":(\d+)/.exec(text)?.[1]) / 1000
          seen.push([received, performance.timeOrigin + performance.now()])
        }
      await reader.close()
    })()
    await ingestor.wait()
    await delay(1000)
    over.abort()
    await reading
    const { sent, starts } = JSON.parse(exchange.out().trimEnd().split('\n').at(-1)!) as {
      sent: number
      starts: number[]
    }
    const byJava = (await readByJava(address, raw.name, sent)).filter(({ value }) =>
      value.startsWith('{"type":"quote"'),
    )
    const lost = sent - byJava.length
    if (lost !== 0) throw new SpikeError('CHECK_FAILED', `of ${sent} events Kafka's consumer read ${byJava.length}`)
    const [, ...delays] = stretches.map(
      ({ name, rate }, i): [string, { rate: number; receive_to_reader_ms: Delays }] => {
        const own = seen.filter(
          ([at]) => at >= starts[i] + 1000 * settleS && at < (starts[i + 1] ?? Number.POSITIVE_INFINITY),
        )
        return [name, { rate, receive_to_reader_ms: describeDelays(own.map(([received, at]) => at - received)) }]
      },
    )
    return { sent, read_by_java: byJava.length, lost, ...Object.fromEntries(delays) }
  } finally {
    over.abort()
    await ingestor.kill9()
    await exchange.kill9()
    await streams.close()
  }
}

const products = 200
/** Trades a second over all of them. */
const rate = 15_000
const warm: Stretch = { name: 'warm', rate, seconds: 20 }
const steady: Stretch = { name: 'steady', rate, seconds: 60 }

/**
 * The real windows job under trades of 200 products: from the moment at which a window is due, its end and the lag, until its
 * first revision is in the hands of a read_committed reader. All windows of one set end together. Beside it a bare relay of
 * the same trades before and after, each of them from its moment to the reader.
 */
async function measureRevisions({ spec, address, pid }: TestBroker, folder: string): Promise<object> {
  const { topics, time, windows } = readConfig()
  const streams = await openStreams(spec)
  const place = { streams, folder, brokerPid: pid() }
  const load = {
    ...{ broker: address, partitions: topics.raw.partitions, products, historyS: 0, tradeShare: 1 },
    outOfOrdernessS: time.out_of_orderness_s,
  }
  const relay = async (name: string): Promise<Delays> => {
    const job = await startRelay(streams, spec, topics.raw.partitions, name)
    const all: [moment: number, delay: number][] = []
    try {
      const half = { ...steady, seconds: steady.seconds / 2 }
      const run = await runLoad(place, { ...load, stretches: [warm, half] }, job, ({ value }, at) => {
        const moment = Number(/"time":(\d+)/.exec(value.toString('latin1'))?.[1]) / 1000
        all.push([moment, at / 1000 - moment])
      })
      return describeDelays(all.flatMap(([moment, delay]) => (moment >= run.began.steady / 1000 ? [delay] : [])))
    } finally {
      await job.process.kill9()
    }
  }
  try {
    const before = await relay('before')
    const job = await startWindows(streams, spec)
    const due: [moment: number, delay: number][] = []
    const run = await runLoad(place, { ...load, stretches: [warm, steady] }, job, ({ value }, at) => {
      const row = decodeWindow(value.toString())
      if (row === null || row.revision > 1) return
      const moment = 1000 * (row.end + windows.lag_s)
      due.push([moment, at / 1000 - moment])
    }).finally(() => job.process.kill9())
    const from = run.began.steady / 1000
    const delays = due.flatMap(([moment, delay]) =>
      moment >= from && moment < from + 1000 * steady.seconds ? [delay] : [],
    )
    return {
      ...{ trades_per_s: rate, products, lag_s: windows.lag_s, due_to_reader_ms: describeDelays(delays) },
      relay_ms: [before, await relay('after')],
    }
  } finally {
    await streams.close()
  }
}
