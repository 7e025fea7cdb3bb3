import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { readConfig } from '../src/config.ts'
import { decodeRow } from '../src/core/features/row_json.ts'
import { SpikeError } from '../src/errors.ts'
import { command, positiveNumber, runCommand } from '../src/operations/command.ts'
import { openStreams } from '../src/streams/open.ts'
import type { Streams } from '../src/streams/port.ts'
import { readAll } from '../src/streams/read_all.ts'
import { writeScorerModel } from '../test/fixtures/scorer_model.ts'
import { startTestBroker } from '../test/harness/kafka/broker.ts'
import { startVictim, type Victim } from '../test/harness/victim.ts'
import { residentMib } from './process_cpu.ts'
import { judgeUsage, type Usage } from './soak_report.ts'

interface Arguments {
  hours: number
  speed: number
  kafka?: boolean
  json?: boolean
}

/** Little heap: garbage is collected soon, so what is resident is what is held, and a leak does not hide below a high limit. */
const littleHeap = { NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=4' }
const sampleMs = 500
const drainLimitMs = 120_000

/** Real processes for hours of market time: exchange, ingestor, featurizer, scorer; what they hold at the end is what they held before. */
async function main({ hours, speed, kafka, json }: Arguments): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-soak-'))
  const broker = kafka ? await startTestBroker() : null
  const config = readConfig()
  config.feeds[0].products = Object.keys(config.simulator.products).map(name => ({ as: name, symbol: name }))
  config.simulator.hours = Math.min(48, Math.max(3, Math.ceil(hours + 0.5)))
  const settings = join(folder, 'config.yaml')
  writeFileSync(settings, stringify(config))
  writeScorerModel(join(folder, 'model'))
  const topics = broker?.spec ?? `embedded://${join(folder, 'streams.db')}`
  const run = (script: string, ...args: string[]): Victim =>
    startVictim([fileURLToPath(new URL(`../${script}`, import.meta.url)), ...args, '--config', settings], littleHeap)
  const jobs: Record<string, Victim> = {}
  const streams = await openStreams(topics)
  try {
    await streams.createTopics([
      ...Object.values(config.topics),
      { ...config.topics.features, name: 'ticks.predictions' },
    ])
    const exchange = run('scripts/simulate.ts', '--port', '0', '--speed', `${speed}`)
    jobs.exchange = exchange
    const url = await addressOf(exchange)
    jobs.ingestor = run(
      'scripts/ws_ingest.ts',
      '--feed',
      'simulated',
      '--url',
      url,
      '--topics',
      topics,
      '--raw',
      join(folder, 'raw'),
    )
    jobs.featurizer = run('features/featurizer.ts', '--topics', topics, '--parquet', join(folder, 'features.parquet'))
    jobs.scorer = run('models/infer.ts', '--topics', topics, '--model', join(folder, 'model'))
    const watched = Object.keys(jobs)
    const usage: Record<string, Usage[]> = Object.fromEntries(watched.map(name => [name, []]))
    const began = performance.now()
    const rows = await followRows(streams, config.topics.features.name, hours, passed => {
      for (const name of watched) {
        const ended = jobs[name].ended()
        if (ended !== null)
          throw new SpikeError('CHECK_FAILED', `${name} ended with exit ${ended.code}: ${jobs[name].log()}`)
        usage[name].push({ hours: passed, rssMib: residentMib(jobs[name].pid), files: openFiles(jobs[name].pid) })
      }
      if (process.stderr.isTTY) process.stderr.write(`\r${passed.toFixed(2)} h of market time `)
    })
    const wallS = (performance.now() - began) / 1000
    const exits = { exchange: (await exchange.stop()).code, ingestor: (await jobs.ingestor.stop()).code }
    const raw = config.topics.raw.name
    const lag = {
      featurizer: await drain(streams, 'featurizer', raw),
      scorer: await drain(
        streams,
        `infer-chaos-${config.topics.features.name}-ticks.predictions`,
        config.topics.features.name,
      ),
    }
    const processes = Object.fromEntries(watched.map(name => [name, judgeUsage(usage[name])]))
    const result = {
      name: 'soak',
      hours,
      speed,
      topics: kafka ? 'kafka' : 'embedded',
      wall_s: Math.round(wallS),
      rows,
      processes,
      lag,
      exits,
      samples: usage.featurizer.length,
    }
    if (json) console.log(JSON.stringify(result))
    else console.log(result)
    const faults = watched.flatMap(name => [
      ...(processes[name].memory_flat
        ? []
        : [`${name}: memory grows by ${processes[name].slope_mib_per_hour.slope} MiB an hour`]),
      ...(processes[name].files_flat
        ? []
        : [`${name}: ${processes[name].files.last} files are open, ${processes[name].files.first} were`]),
    ])
    if (lag.featurizer + lag.scorer > 0) faults.push(`lag at the end: ${JSON.stringify(lag)}; allowed is 0`)
    if (exits.ingestor !== 0) faults.push(`the ingestor ended with exit ${exits.ingestor}, not 0`)
    if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
  } finally {
    for (const job of Object.values(jobs)) await job.kill9()
    await streams.close()
    await broker?.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function addressOf(exchange: Victim): Promise<string> {
  for (;;) {
    const url = /ws:\/\/[\d.]+:\d+/.exec(exchange.out())?.[0]
    if (url) return url
    if (exchange.ended() !== null) throw new SpikeError('CHECK_FAILED', `the exchange ended: ${exchange.log()}`)
    await delay(20)
  }
}

/** Reads rows until so many hours of market time have passed; `onSample` is told the hours. @returns the number of rows. */
async function followRows(
  streams: Streams,
  topic: string,
  hours: number,
  onSample: (passed: number) => void,
): Promise<number> {
  const reader = await streams.reader(topic)
  let [first, last, rows, sampled] = [Number.NaN, Number.NaN, 0, performance.now()]
  while (!(last - first >= hours * 3.6e9)) {
    for (const { value } of await reader.poll(4000, sampleMs)) {
      const { time } = decodeRow(value.toString())!
      rows++
      if (!(first <= time)) first = time
      if (!(last >= time)) last = time
    }
    if (performance.now() - sampled < sampleMs) continue
    sampled = performance.now()
    onSample(Number.isNaN(first) ? 0 : (last - first) / 3.6e9)
  }
  await reader.close()
  return rows
}

/** Records that are left when the job has had its time; not counted by offsets, since Kafka's markers have some too. */
async function drain(streams: Streams, group: string, topic: string): Promise<number> {
  const until = performance.now() + drainLimitMs
  for (;;) {
    let left = 0
    for await (const records of readAll(streams, topic, await streams.committed(group, topic))) left += records.length
    if (left === 0 || performance.now() > until) return left
    await delay(200)
  }
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return Number.NaN
  }
}

await runCommand<Arguments>(
  command(
    'soak',
    'Exchange, ingestor, featurizer and scorer as processes for hours of market time: memory and open files flat, lag zero at the end.',
    'npm run bench -- soak --hours 2 --kafka --json',
  )
    .option('--hours <n>', 'market time, up to 47', positiveNumber('--hours'), 2)
    .option('--speed <n>', 'market seconds a second', positiveNumber('--speed'), 60)
    .option('--kafka', 'topics on a real broker, started for it, instead of the embedded log')
    .option('--json', 'print the figures as one JSON line'),
  main,
)
