import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writeAtomically } from '../../../src/files/atomic.ts'
import { withLock } from '../../../src/files/lock.ts'

/** The version of the broker and of its command-line tools; test/harness/kafka/pom.xml pins the same. */
const version = '4.3.1'
const cache = fileURLToPath(new URL(`../../../.cache/kafka/${version}`, import.meta.url))
const pom = fileURLToPath(new URL('./pom.xml', import.meta.url))

let reason: string | null | undefined

/** Why there can be no Kafka broker here: Java or Maven is missing; null when there can. */
export function lacksKafka(): string | null {
  if (reason === undefined) {
    const missing = ['java', 'mvn'].filter(name => spawnSync('which', [name]).status !== 0)
    reason = missing.length > 0 ? `Kafka needs ${missing.join(' and ')}; install Java 17 or newer and Maven` : null
  }
  return reason
}

/**
 * Folder with the jars of `kafka_2.13` (the broker) or `kafka-tools`, copied there by Maven the first time (some 45 MB).
 * Processes that ask at once wait for the first.
 */
export function installJars(artifact: 'kafka_2.13' | 'kafka-tools'): Promise<string> {
  const folder = `${cache}/${artifact}`
  if (existsSync(folder)) return Promise.resolve(folder)
  return withLock(`${cache}/install.db`, 300_000, async () => {
    if (!existsSync(folder)) await writeAtomically(folder, temporary => copyJars(artifact, temporary))
    return folder
  })
}

async function copyJars(artifact: string, folder: string): Promise<void> {
  if (!readFileSync(pom, 'utf8').includes(`<version>${version}</version>`))
    throw new Error(`test/harness/kafka/pom.xml does not pin Kafka ${version}`)
  await promisify(execFile)(
    'mvn',
    [
      '-B',
      '-q',
      '-f',
      pom,
      `-Dkafka.artifact=${artifact}`,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
    ],
    { maxBuffer: 64 << 20, timeout: 280_000 },
  )
}
