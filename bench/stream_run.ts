import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../src/errors.ts'
import type { Incoming, Streams } from '../src/streams/port.ts'
import { startVictim } from '../test/harness/victim.ts'
import { machineCpu, processCpu, residentMib } from './process_cpu.ts'
import type { BenchJob } from './stream_jobs.ts'
import type { Load, LoadLine } from './stream_load.ts'

/** A sample of the run, some two a second. */
export interface Sample {
  /** Seconds, of `performance.now()`. */
  at: number
  stretch: string
  /** Records of the input so far, and those that are not committed as read. */
  end: number
  lag: number
  /** CPU seconds so far by process, and of the machine. */
  cpu: Record<string, number>
  /** Resident memory in MiB by process. */
  rss: Record<string, number>
}

export interface Run {
  sent: number
  /** Longest time in a stretch that the load itself was behind, in ms. */
  behindMs: Record<string, number>
  /** Intended moments (µs) at which the stretches began. */
  began: Record<string, number>
  /** Intended moments (µs) of the events that close bars, by `product T`. */
  closings: Map<string, number>
  samples: Sample[]
  /** Seconds after the end of the load until nothing was left to be read. */
  drainedAfterS: number
}

const sampleMs = 400
const drainLimitS = 300

/**
 * Puts the load on, watches the job until it has caught up, and reads what it writes as a read_committed consumer.
 * @param onRecord called with each record of the output and the moment (µs) it was in hand.
 */
export async function runLoad(
  { streams, folder, brokerPid }: { streams: Streams; folder: string; brokerPid: number },
  load: Omit<Load, 'closings' | 'topic'>,
  job: BenchJob,
  onRecord: (record: Incoming, at: number) => void,
): Promise<Run> {
  const closings = join(folder, `closings-${job.out}`)
  const script = fileURLToPath(new URL('./stream_load.ts', import.meta.url))
  const generator = startVictim([script, JSON.stringify({ ...load, topic: job.from, closings })])
  const pids = { broker: brokerPid, load: generator.pid, [job.name]: job.process.pid, reader: process.pid }
  const samples: Sample[] = []
  const over = new AbortController()
  const reading = readOutput(streams, job.out, over.signal, onRecord)
  const sample = async (stretch: string): Promise<number> => {
    if (job.process.ended() !== null) throw new SpikeError('CHECK_FAILED', `${job.name} ended: ${job.process.log()}`)
    const { end, lag } = await standOf(streams, job)
    const measure = (of: (pid: number) => number) =>
      Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, of(pid)]))
    const cpu = { ...measure(processCpu), machine: machineCpu() }
    samples.push({ at: performance.now() / 1000, stretch, end, lag, cpu, rss: measure(residentMib) })
    return lag
  }
  try {
    let told = false
    while (generator.ended() === null) {
      const began = linesOf(generator.out()).findLast(({ began }) => began)?.began
      const lag = await sample(began ?? 'past')
      if (began === 'past' && lag === 0 && !told) told = process.kill(generator.pid, 'SIGUSR2')
      await delay(sampleMs)
    }
    const ended = performance.now()
    const lines = linesOf(generator.out())
    const sent = lines.at(-1)?.sent
    if (sent === undefined) throw new SpikeError('CHECK_FAILED', `the load ended: ${generator.log()}`)
    while ((await sample('after')) > 0) {
      if (performance.now() - ended > 1000 * drainLimitS)
        throw new SpikeError('CHECK_FAILED', `${job.name} has not caught up ${drainLimitS} s after the end of the load`)
      await delay(sampleMs / 4)
    }
    const drainedAfterS = (performance.now() - ended) / 1000
    await delay(1000)
    const starts = Object.fromEntries(lines.flatMap(({ began, from }) => (from ? [[began!, from]] : [])))
    const behindMs = Object.fromEntries(lines.flatMap(({ over, behindMs }) => (over ? [[over, behindMs!]] : [])))
    return { sent, behindMs, began: starts, closings: readClosings(closings), samples, drainedAfterS }
  } finally {
    over.abort()
    await generator.kill9()
    await reading
  }
}

async function readOutput(
  streams: Streams,
  topic: string,
  over: AbortSignal,
  onRecord: (record: Incoming, at: number) => void,
): Promise<void> {
  const reader = await streams.reader(topic)
  while (!over.aborted) {
    const records = await reader.poll(4000, 200)
    const at = (performance.timeOrigin + performance.now()) * 1000
    for (const record of records) onRecord(record, at)
  }
  await reader.close()
}

/** Records of the job's input, and those that its group has not committed. */
export async function standOf(streams: Streams, { group, from }: BenchJob): Promise<{ end: number; lag: number }> {
  const committed = await streams.committed(group, from)
  const ends = await streams.ends(from)
  const end = ends.reduce((sum, { offset }) => sum + offset, 0)
  return { end, lag: end - committed.reduce((sum, { offset }) => sum + offset, 0) }
}

function linesOf(out: string): LoadLine[] {
  return out
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
}

function readClosings(path: string): Map<string, number> {
  const closings = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const [product, end, time] = line.split(' ')
    closings.set(`${product} ${end}`, Number(time))
  }
  return closings
}
