import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { openStreams } from '../../src/streams/open.ts'
import { writeScorerModel } from '../fixtures/scorer_model.ts'
import { readCompose, type Service } from '../harness/docker/compose_file.ts'
import { environmentOf, execForm, layOut, readDockerfile, readDockerignore } from '../harness/docker/dockerfile.ts'
import { kafkaCommand } from '../harness/docker/kafka_service.ts'
import { findPrometheus } from '../harness/docker/prometheus.ts'
import { give, onThisMachine, type ServiceProcess, startService, userOf } from '../harness/docker/services.ts'
import { freePorts } from '../harness/free_ports.ts'
import { lacksKafka } from '../harness/kafka/install.ts'
import { needs } from '../harness/needs.ts'
import { findPython } from '../harness/python.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const folder = mkdtempSync(join(tmpdir(), 'spike60-services-'))
chmodSync(folder, 0o755)
const text = readFileSync(join(root, 'docker/compose.yaml'), 'utf8')
const started: ServiceProcess[] = []
const { tools, lacks: lacksPrometheus } = await findPrometheus()
const { python, lacks: lacksPython } = await findPython()

afterAll(async () => {
  await Promise.all(started.map(service => service.stop()))
  rmSync(folder, { recursive: true, force: true })
})

function start(options: Parameters<typeof startService>[0]): ServiceProcess {
  const service = startService(options)
  started.push(service)
  return service
}

/** Health of a target as Prometheus sees it, by job; and faults of its rules. */
async function seenBy(prometheus: string): Promise<{ targets: Record<string, string>; faults: string[] }> {
  const ask = async <Data>(path: string): Promise<Data> =>
    ((await (await fetch(`${prometheus}/api/v1/${path}`)).json()) as { data: Data }).data
  const { activeTargets } = await ask<{ activeTargets: { labels: { job: string }; health: string }[] }>('targets')
  const { groups } = await ask<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>('rules')
  const rules = groups.flatMap(group => group.rules)
  expect(rules.length).toBeGreaterThan(10)
  return {
    targets: Object.fromEntries(activeTargets.map(({ labels, health }) => [labels.job, health])),
    faults: rules.flatMap(({ name, lastError }) => (lastError ? [`${name}: ${lastError}`] : [])),
  }
}

test('Kafka, ingestor, featurizer, scorer and Prometheus become healthy, pass the market on, and stop clean', {
  ...needs(lacksKafka(), lacksPrometheus),
  timeout: 300_000,
}, async () => {
  const { simulator: settings, topics } = readConfig()
  const exchange = await startSimulator({ settings, speed: 60, faults: [] })
  const { services } = readCompose(text, { SPIKE60_FEED_URL: exchange.url })
  const [inside, outside, controller, web, ...metrics] = await freePorts(7)
  const places = {
    '/var/lib/kafka/data': join(folder, 'kafka/data'),
    '://:': '://127.0.0.1:',
    'kafka:': '127.0.0.1:',
    '@kafka': '@127.0.0.1',
    ':19092': `:${inside}`,
    ':9092': `:${outside}`,
    ':29093': `:${controller}`,
  }
  const kafkaFolder = join(folder, 'kafka')
  mkdirSync(kafkaFolder)
  const user = userOf(services.kafka, kafkaFolder)
  const kafka = start(await kafkaCommand(services.kafka, kafkaFolder, places, user))
  await kafka.healthy(120_000)

  const instructions = readDockerfile(join(root, 'docker/Dockerfile.ingestor'))
  layOut(instructions, root, readDockerignore(join(root, '.dockerignore')), folder)
  const volume = ['data', 'data/raw', 'data/processed', 'run'].map(name => join(folder, name))
  for (const path of volume) mkdirSync(path, { recursive: true })
  give(volume, user)
  writeScorerModel(join(folder, 'models/artifacts/logistic'))
  const before = globSync('**', { cwd: folder, exclude: path => /^(data|run|kafka|node_modules)$/.test(path) })
  expect(before.length).toBeGreaterThan(100)
  const names = ['ingestor', 'featurizer', 'scorer']
  const jobs = names.map((name, index) => {
    const { command, healthcheck, environment } = services[name]
    const here = onThisMachine(command!, { 'kafka:19092': `127.0.0.1:${inside}`, '9464': `${metrics[index]}` })
    return start({
      command: [...execForm(instructions, 'ENTRYPOINT'), ...here],
      check: healthcheck.test,
      cwd: folder,
      environment: {
        ...environmentOf(instructions),
        ...environment,
        SPIKE60_METRICS_HOST: '127.0.0.1',
        SPIKE60_HEALTH_FILE: join(folder, 'run', name),
      },
      user,
    })
  })
  await Promise.all(jobs.map(job => job.healthy(60_000)))

  const streams = await openStreams(`kafka://127.0.0.1:${outside}`)
  try {
    for (const topic of [topics.features.name, 'ticks.predictions']) {
      await streams.createTopics([{ ...topics.features, name: topic }])
      const reader = await streams.reader(topic)
      let rows = await reader.poll(1, 30_000)
      for (let i = 0; rows.length === 0 && i < 3; i++) rows = await reader.poll(1, 30_000)
      expect(rows.length, `records on ${topic}, read from outside`).toBeGreaterThan(0)
      await reader.close()
    }
  } finally {
    await streams.close()
  }
  const targets = { ...Object.fromEntries(names.map((name, i) => [`${name}:9464`, `127.0.0.1:${metrics[i]}`])) }
  await watch(services.prometheus, { ...targets, 'localhost:9090': `localhost:${web}`, '10s': '1s' }, web)
  for (const job of jobs) expect(await job.stop(), job.output()).toBe(0)
  const after = globSync('**', {
    cwd: folder,
    exclude: path => /^(data|run|kafka|node_modules|prometheus)$/.test(path),
  })
  expect(after.filter(path => !before.includes(path) && !path.startsWith('prometheus'))).toEqual([])
  await exchange.close()
})

/** Runs Prometheus as compose does, until it sees every job at work and no rule fails. */
async function watch(service: Service, places: Record<string, string>, port: number): Promise<void> {
  const home = join(folder, 'prometheus')
  mkdirSync(join(home, 'store'), { recursive: true })
  for (const volume of service.volumes!.filter(text => text.startsWith('./'))) {
    const source = volume.split(':')[0]
    const content = readFileSync(join(root, 'docker', source), 'utf8')
    writeFileSync(join(home, basename(source)), onThisMachine([content], places)[0])
  }
  const user = userOf(service, home)
  give([join(home, 'store')], user)
  const folders = { '/etc/prometheus': home, '=/prometheus': `=${join(home, 'store')}` }
  const prometheus = start({
    command: [tools!.prometheus, ...onThisMachine(service.command!, folders), `--web.listen-address=127.0.0.1:${port}`],
    check: onThisMachine(service.healthcheck.test, { 'localhost:9090': `127.0.0.1:${port}` }),
    cwd: home,
    environment: {},
    user,
  })
  await prometheus.healthy(30_000)
  const up = { ingestor: 'up', featurizer: 'up', scorer: 'up', prometheus: 'up' }
  await expect
    .poll(() => seenBy(`http://127.0.0.1:${port}`), { timeout: 30_000, interval: 500 })
    .toMatchObject({ targets: up, faults: [] })
  expect(await prometheus.stop(), prometheus.output()).toBe(0)
}

test(
  'the MLflow server becomes healthy, answers to its name in compose, and to no strange one',
  needs(lacksPython),
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
      user: null,
    })
    await server.healthy(180_000)
    const search = '/api/2.0/mlflow/experiments/search?max_results=1'
    expect(await statusFor(port, search, `mlflow:${port}`)).toBe(200)
    expect(await statusFor(port, search, `localhost:${port}`)).toBe(200)
    expect(await statusFor(port, search, 'elsewhere.example')).toBe(403)
    await server.stop()
  },
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
