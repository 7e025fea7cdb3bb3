import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { readConfig } from '../src/config.ts'
import type { Streams } from '../src/streams/port.ts'
import { freePorts } from '../test/harness/free_ports.ts'
import { startVictim, type Victim } from '../test/harness/victim.ts'

/** A process that reads the load's topic and writes to another. */
export interface BenchJob {
  name: 'featurizer' | 'relay' | 'windows'
  process: Victim
  group: string
  from: string
  out: string
}

/** The events that the featurizer says it counted, repeated, came too late or are dead. */
export interface Counted {
  events: number
  duplicates: number
  late: number
  dead: number
}

export interface FeaturizerJob extends BenchJob {
  counted(): Promise<Counted>
}

/** The bare relay on topics of its own. */
export async function startRelay(streams: Streams, spec: string, partitions: number, name: string): Promise<BenchJob> {
  const [from, out] = [`relay.${name}.in`, `relay.${name}.out`]
  await streams.createTopics([from, out].map(topic => ({ name: topic, partitions })))
  const script = fileURLToPath(new URL('./stream_relay.ts', import.meta.url))
  return { name: 'relay', process: startVictim([script, spec, from, out]), group: `relay-${out}`, from, out }
}

/** The real windows job, as users start it. Ready when it returns. */
export async function startWindows(streams: Streams, spec: string): Promise<BenchJob> {
  const { raw, windows } = readConfig().topics
  await streams.createTopics(Object.values(readConfig().topics))
  const script = fileURLToPath(new URL('../scripts/windows.ts', import.meta.url))
  const process = startVictim([script, '--topics', spec])
  while (process.readyAfter() === null && process.ended() === null) await delay(50)
  return { name: 'windows', process, group: 'windows', from: raw.name, out: windows.name }
}

/**
 * The real featurizer, as users start it, with the settings of config.yaml: so many processes, among which the partitions
 * are shared out. Ready when it returns.
 * @param prefix of the names of its topics.
 */
export async function startFeaturizers(
  { streams, spec, folder }: { streams: Streams; spec: string; folder: string },
  prefix: string,
  processes: number,
): Promise<FeaturizerJob[]> {
  const config = readConfig()
  for (const topic of Object.values(config.topics)) topic.name = `${prefix}${topic.name}`
  const { raw, features } = config.topics
  await streams.createTopics(Object.values(config.topics))
  const settings = join(folder, `${prefix}config.yaml`)
  writeFileSync(settings, stringify(config))
  const ports = await freePorts(processes)
  const script = fileURLToPath(new URL('../features/featurizer.ts', import.meta.url))
  const topics = ['--topic_in', raw.name, '--topic_out', features.name, '--topics', spec, '--config', settings]
  const jobs = ports.map((port, place): FeaturizerJob => {
    const own = Array.from({ length: raw.partitions }, (_, i) => i).filter(i => i % processes === place)
    const parquet = join(folder, `${prefix}${place}.parquet`)
    const args = [script, ...topics, '--partitions', own.join(','), '--metrics-port', `${port}`, '--parquet', parquet]
    const process = startVictim(args)
    const group = 'featurizer'
    return { name: 'featurizer', process, group, from: raw.name, out: features.name, counted: () => count(port) }
  })
  while (jobs.some(({ process }) => process.readyAfter() === null && process.ended() === null)) await delay(50)
  return jobs
}

async function count(port: number): Promise<Counted> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^spike60_featurizer_${name}_total(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    )
  return { events: sum('events'), duplicates: sum('duplicates'), late: sum('late'), dead: sum('dead_letters') }
}
