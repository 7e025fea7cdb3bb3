import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { readConfig } from '../config.ts'
import { featurizerGroup } from '../features/featurizer_jobs.ts'
import type { Streams } from '../streams/port.ts'
import { startVictim, type Victim } from '../test/chaos/victim.ts'
import { freePorts } from '../test/kafka_broker.ts'

/** A process that reads the load's topic and writes to another. */
export interface BenchJob {
  name: 'featurizer' | 'relay'
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

/** The bare relay on topics of its own. */
export async function startRelay(streams: Streams, spec: string, partitions: number, name: string): Promise<BenchJob> {
  const [from, out] = [`relay.${name}.in`, `relay.${name}.out`]
  await streams.createTopics([from, out].map(topic => ({ name: topic, partitions })))
  const script = fileURLToPath(new URL('./stream_relay.ts', import.meta.url))
  return { name: 'relay', process: startVictim([script, spec, from, out]), group: `relay-${out}`, from, out }
}

/** The real featurizer, as users start it, with the settings of config.yaml. */
export async function startFeaturizer(
  streams: Streams,
  spec: string,
  folder: string,
): Promise<BenchJob & { counted(): Promise<Counted> }> {
  const config = readConfig()
  const { raw, features } = config.topics
  await streams.createTopics(Object.values(config.topics))
  const settings = join(folder, 'config.yaml')
  writeFileSync(settings, stringify(config))
  const [port] = await freePorts(1)
  const script = fileURLToPath(new URL('../features/featurizer.ts', import.meta.url))
  const args = [script, '--topics', spec, '--config', settings, '--metrics-port', `${port}`]
  const process = startVictim([...args, '--parquet', join(folder, 'features.parquet')])
  while (process.readyAfter() === null && process.ended() === null) await delay(50)
  return {
    ...{ name: 'featurizer', process, group: featurizerGroup, from: raw.name, out: features.name },
    async counted() {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      const sum = (name: string): number =>
        [...text.matchAll(new RegExp(`^spike60_featurizer_${name}_total(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
          (total, [, value]) => total + Number(value),
          0,
        )
      return { events: sum('events'), duplicates: sum('duplicates'), late: sum('late'), dead: sum('dead_letters') }
    },
  }
}
