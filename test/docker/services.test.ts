import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { startSimulator } from '../../market/simulator.ts'
import { openStreams } from '../../streams/open.ts'
import { skipReason } from '../kafka_install.ts'
import { findPython } from '../python.ts'
import { readCompose } from './compose_file.ts'
import { environmentOf, execForm, layOut, readDockerfile, readDockerignore } from './dockerfile.ts'
import { kafkaCommand } from './kafka_service.ts'
import { onThisMachine, type ServiceProcess, startService } from './services.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const folder = mkdtempSync(join(tmpdir(), 'spike60-services-'))
const text = readFileSync(join(root, 'docker/compose.yaml'), 'utf8')
const started: ServiceProcess[] = []
const python = await findPython('the MLflow service of compose as a process')
const noKafka = skipReason()
if (noKafka && process.env.CI === 'true') throw new Error(noKafka)
if (noKafka) console.warn(`SKIPPED the Kafka services of compose as processes: ${noKafka}`)

afterAll(async () => {
  await Promise.all(started.map(service => service.stop()))
  rmSync(folder, { recursive: true, force: true })
})

function start(options: Parameters<typeof startService>[0]): ServiceProcess {
  const service = startService(options)
  started.push(service)
  return service
}

test.skipIf(noKafka !== null)(
  'Kafka, ingestor and featurizer become healthy, pass the market on, and stop clean',
  async () => {
    const { simulator: settings, topics } = readConfig()
    const exchange = await startSimulator({ settings, speed: 60, faults: [] })
    const { services } = readCompose(text, { SPIKE60_FEED_URL: exchange.url })
    const [inside, outside, controller] = await freePorts(3)
    const places = {
      '/var/lib/kafka/data': join(folder, 'kafka/data'),
      '://:': '://127.0.0.1:',
      'kafka:': '127.0.0.1:',
      '@kafka': '@127.0.0.1',
      ':19092': `:${inside}`,
      ':9092': `:${outside}`,
      ':29093': `:${controller}`,
    }
    const kafka = start(await kafkaCommand(services.kafka, join(folder, 'kafka'), places))
    await kafka.healthy(120_000)

    const instructions = readDockerfile(join(root, 'docker/Dockerfile.ingestor'))
    layOut(instructions, root, readDockerignore(join(root, '.dockerignore')), folder)
    const jobs = ['ingestor', 'featurizer'].map(name => {
      const { command, healthcheck } = services[name]
      return start({
        command: [
          ...execForm(instructions, 'ENTRYPOINT'),
          ...onThisMachine(command!, { 'kafka:19092': `127.0.0.1:${inside}` }),
        ],
        check: healthcheck.test,
        cwd: folder,
        environment: { ...environmentOf(instructions), SPIKE60_HEALTH_FILE: join(folder, 'run', name) },
      })
    })
    await Promise.all(jobs.map(job => job.healthy(60_000)))

    const streams = await openStreams(`kafka://127.0.0.1:${outside}`)
    try {
      await streams.createTopics([topics.features])
      const reader = await streams.reader(topics.features.name)
      let rows = await reader.poll(1, 30_000)
      for (let i = 0; rows.length === 0 && i < 3; i++) rows = await reader.poll(1, 30_000)
      expect(rows.length, 'rows of features on the topic, from outside').toBeGreaterThan(0)
      await reader.close()
    } finally {
      await streams.close()
    }
    for (const job of jobs) expect(await job.stop(), job.output()).toBe(0)
    await exchange.close()
  },
  300_000,
)

test.skipIf(!python)(
  'the MLflow server becomes healthy, answers to its name in compose, and to no strange one',
  async () => {
    const [port] = await freePorts(1)
    const instructions = readDockerfile(join(root, 'docker/Dockerfile.mlflow'))
    const { healthcheck } = readCompose(text, {}).services.mlflow
    const places = { '/mlflow/store': join(folder, 'store'), '0.0.0.0': '127.0.0.1', '5000': String(port) }
    const path = `${dirname(python!.python)}${delimiter}${process.env.PATH}`
    const server = start({
      command: onThisMachine([...execForm(instructions, 'ENTRYPOINT'), ...execForm(instructions, 'CMD')], places),
      check: onThisMachine(healthcheck.test, places),
      cwd: folder,
      environment: { ...environmentOf(instructions), PATH: path },
    })
    await server.healthy(180_000)
    const search = '/api/2.0/mlflow/experiments/search?max_results=1'
    expect(await statusFor(port, search, `mlflow:${port}`)).toBe(200)
    expect(await statusFor(port, search, `localhost:${port}`)).toBe(200)
    expect(await statusFor(port, search, 'elsewhere.example')).toBe(403)
    await server.stop()
  },
  120_000,
)

function statusFor(port: number, path: string, host: string): Promise<number | undefined> {
  return new Promise((answer, failed) => {
    const call = request({ host: '127.0.0.1', port, path, headers: { host } }, response => {
      response.resume()
      answer(response.statusCode)
    })
    call.once('error', failed)
    call.end()
  })
}

/** Free ports of 127.0.0.1, all different. */
async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(probes.map(probe => once(probe, 'listening')))
  const ports = probes.map(probe => (probe.address() as AddressInfo).port)
  await Promise.all(probes.map(probe => once(probe.close(), 'close')))
  return ports
}
