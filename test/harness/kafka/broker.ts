import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openStreams } from '../../../src/streams/open.ts'
import { freePorts } from '../free_ports.ts'
import { installJars } from './install.ts'

const logging = `-Dlog4j2.configurationFile=${fileURLToPath(new URL('./log4j2.xml', import.meta.url))}`
const template = new URL('./server.properties', import.meta.url)

export interface TestBroker {
  /** `host:port`. */
  address: string
  port: number
  /** What `openStreams` takes. */
  spec: string
  pid(): number
  /** Ends the broker as a crash would. */
  kill9(): Promise<void>
  /** Ends it in order (SIGTERM, SIGKILL after 15 s); its data stay. */
  stop(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/** What a broker has beyond one plain listener. */
export interface MoreSettings {
  /** Listeners by their name in capitals: port, and the port that clients are told, as when a proxy stands before it. */
  listeners: Record<string, { protocol: 'SASL_SSL' | 'SASL_PLAINTEXT' | 'SSL'; port: number; advertised: number }>
  properties: Record<string, string>
  /** Further words for the formatting of the storage, such as users. */
  format: string[]
  /** Of the virtual machine. */
  jvm: string[]
}

/**
 * For a broker that lives for minutes on few cores: in the first minute its compiler of highest effort and its concurrent collector
 * take several times the CPU time that all requests do.
 */
export const shortLivedJvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

/**
 * A real Kafka broker in KRaft mode, alone, on free ports with its data in a temporary folder. It dies with this process.
 * @param advertisedPort the port it tells clients to use instead of its own, as when a proxy stands before it.
 */
export async function startTestBroker(advertisedPort?: number, more?: MoreSettings): Promise<TestBroker> {
  const jars = await installJars('kafka_2.13')
  const folder = mkdtempSync(join(tmpdir(), 'spike60-kafka-'))
  const [port, controllerPort] = await freePorts(2)
  const properties = join(folder, 'server.properties')
  const listeners = Object.entries(more?.listeners ?? {})
  const places = (of: 'port' | 'advertised') =>
    listeners.map(([name, each]) => `,${name}://127.0.0.1:${each[of]}`).join('')
  const values: Record<string, string> = {
    PORT: `${port}`,
    ADVERTISED_PORT: `${advertisedPort ?? port}`,
    CONTROLLER_PORT: `${controllerPort}`,
    DATA: join(folder, 'data'),
    MORE_LISTENERS: places('port'),
    MORE_ADVERTISED: places('advertised'),
    MORE_PROTOCOLS: listeners.map(([name, { protocol }]) => `,${name}:${protocol}`).join(''),
  }
  const text = readFileSync(template, 'utf8').replace(/@(\w+)@/g, (_, name: string) => values[name])
  const lines = Object.entries(more?.properties ?? {}).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(properties, text + lines.join(''))
  const id = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const format = ['-Xmx128m', '-XX:TieredStopAtLevel=1', logging, '-cp', `${jars}/*`, 'kafka.tools.StorageTool']
  await promisify(execFile)('java', [...format, 'format', '-t', id, '-c', properties, ...(more?.format ?? [])])
  let server: ChildProcess | null = null

  async function start(): Promise<void> {
    const log = openSync(join(folder, 'broker.log'), 'a')
    const options = [
      '-Xms256m',
      '-Xmx512m',
      ...(more?.jvm ?? []),
      logging,
      `-Dkafka.logs.dir=${folder}`,
      '-cp',
      `${jars}/*`,
    ]
    const child = spawn('java', [...options, 'kafka.Kafka', properties], { stdio: ['ignore', log, log] })
    closeSync(log)
    const killWithUs = (): boolean => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.removeListener('exit', killWithUs))
    server = child
    await waitUntilReady(`127.0.0.1:${port}`, server, join(folder, 'broker.log'))
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const child = server
    server = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await exited
    clearTimeout(timer)
  }

  await start()
  return {
    address: `127.0.0.1:${port}`,
    port,
    spec: `kafka://127.0.0.1:${port}`,
    pid: () => server!.pid!,
    kill9: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: start,
    async remove() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Until a client gets the metadata of the cluster. */
async function waitUntilReady(address: string, server: ChildProcess, log: string): Promise<void> {
  const until = performance.now() + 150_000
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the broker ended:\n${readFileSync(log, 'utf8').slice(-2000)}`)
    try {
      const streams = await openStreams(`kafka://${address}`)
      await streams.close()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(100)
    }
  }
}
