import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { startSimulator } from '../../market/simulator.ts'
import { openStreams } from '../../streams/open.ts'
import { findPython } from '../python.ts'
import { readCompose } from './compose_file.ts'
import { environmentOf, execForm, layOut, readDockerfile, readDockerignore } from './dockerfile.ts'
import { onThisMachine, type ServiceProcess, startService } from './services.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const folder = mkdtempSync(join(tmpdir(), 'spike60-services-'))
const text = readFileSync(join(root, 'docker/compose.yaml'), 'utf8')
const started: ServiceProcess[] = []
const python = await findPython('the MLflow service of compose as a process')

afterAll(async () => {
  await Promise.all(started.map(service => service.stop()))
  rmSync(folder, { recursive: true, force: true })
})

function start(options: Parameters<typeof startService>[0]): ServiceProcess {
  const service = startService(options)
  started.push(service)
  return service
}

test('ingestor and featurizer become healthy by their own checks, pass the market on, and stop clean', async () => {
  const { simulator: settings, topics } = readConfig()
  const exchange = await startSimulator({ settings, speed: 60, faults: [] })
  const compose = readCompose(text, { SPIKE60_FEED_URL: exchange.url })
  const instructions = readDockerfile(join(root, 'docker/Dockerfile.ingestor'))
  layOut(instructions, root, readDockerignore(join(root, '.dockerignore')), folder)
  const log = `embedded://${join(folder, 'streams.db')}`
  const jobs = ['ingestor', 'featurizer'].map(name => {
    const places = { '/app': folder, 'kafka://kafka:19092': log }
    const environment = { ...environmentOf(instructions), SPIKE60_HEALTH_FILE: join(folder, 'run', name) }
    return start({
      command: onThisMachine([...execForm(instructions, 'ENTRYPOINT'), ...compose.services[name].command!], places),
      check: compose.services[name].healthcheck.test,
      cwd: folder,
      environment,
    })
  })
  await Promise.all(jobs.map(job => job.healthy(60_000)))

  const streams = await openStreams(log)
  try {
    await streams.createTopics([topics.features])
    const reader = await streams.reader(topics.features.name)
    const rows = await reader.poll(1, 30_000)
    expect(rows, 'rows of features on the topic').toHaveLength(1)
    await reader.close()
  } finally {
    await streams.close()
  }
  for (const job of jobs) expect(await job.stop(), job.output()).toBe(0)
  await exchange.close()
}, 240_000)

test.skipIf(!python)(
  'the MLflow server becomes healthy, answers to its name in compose, and to no strange one',
  async () => {
    const port = await freePort()
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

function freePort(): Promise<number> {
  return new Promise(found => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
