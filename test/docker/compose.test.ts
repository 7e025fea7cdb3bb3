import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { partsOf, scorerPart } from '../../src/commands/start/parts.ts'
import { readConfig } from '../../src/config.ts'
import { readCompose, readEnvFile } from '../harness/docker/compose_file.ts'
import {
  copies,
  environmentOf,
  execForm,
  layOut,
  readDockerfile,
  readDockerignore,
} from '../harness/docker/dockerfile.ts'
import { needs } from '../harness/needs.ts'

/** Which part of npm start a service is. */
const runBy = {
  ...{ ingestor: 'ingest', featurizer: 'featurize', scorer: 'infer', windows: 'windows', signals: 'signals' },
  ...{ anomalies: 'anomalies', news: 'news', settlement: 'settle', alerts: 'alerts', desk: 'serve', aside: 'aside' },
}
const scripts: Record<string, string> = { ingest: 'ws_ingest', anomalies: 'equities', aside: 'signals' }
const lacksGo = spawnSync('go', ['version']).status === 0 ? null : 'there is no Go'
const root = fileURLToPath(new URL('../../', import.meta.url))
const text = readFileSync(join(root, 'docker/compose.yaml'), 'utf8')
const example = readEnvFile(join(root, '.env.example'))
const compose = readCompose(text, {})
const built = Object.entries(compose.services).flatMap(([name, { build }]) => (build ? [{ name, ...build }] : []))
const ignored = readDockerignore(join(root, '.dockerignore'))
const image = mkdtempSync(join(tmpdir(), 'spike60-image-'))

afterAll(() => rmSync(image, { recursive: true, force: true }))

describe('docker/compose.yaml', () => {
  test('has its services, each with a health check and confined, Kafka in KRaft mode', () => {
    const engines = ['kafka', 'mlflow', 'postgres', 'prometheus', 'alertmanager', 'grafana']
    const names = [...engines, ...Object.keys(runBy), 'windows_store', 'candles_store']
    expect(Object.keys(compose.services).sort()).toEqual(names.sort())
    expect(compose.services.kafka.environment).toMatchObject({ KAFKA_PROCESS_ROLES: 'broker,controller' })
  })

  test('runs exactly the parts of npm start but its pretend exchange, each as a service', () => {
    const config = readConfig()
    const places = { out: 'out', topics: 'embedded', feed: 'coinbase', host: '127.0.0.1', port: 8000, exchangePort: 0 }
    const parts = [
      ...partsOf({ config, ...places, speed: 1, skipSeconds: 0, rushSeconds: 0 }),
      scorerPart({ topics: 'embedded' }, 'x'),
    ]
    expect(Object.values(runBy).sort()).toEqual(parts.map(({ name }) => name).sort())
    for (const [service, name] of Object.entries(runBy)) {
      const { args } = parts.find(part => part.name === name)!
      const command = compose.services[service].command!
      const run =
        name === 'infer'
          ? 'models/infer.ts'
          : name === 'featurize'
            ? 'features/featurizer.ts'
            : `scripts/${scripts[name] ?? name}.ts`
      expect(command[0]).toBe(run)
      for (const flag of ['--topic_in', '--follow']) {
        if (!args.includes(flag)) continue
        expect(command).toContain(flag)
        if (flag === '--topic_in') expect(command[command.indexOf(flag) + 1]).toBe(args[args.indexOf(flag) + 1])
      }
    }
  })

  test('means the same without a .env file and with the example', () => {
    expect(readCompose(text, example)).toEqual(compose)
  })

  test('uses only variables that .env.example explains', () => {
    const used = [...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(match => match[1])
    expect(used.filter(name => !(name in example))).toEqual([])
  })

  test.each([
    ['an unknown key', (t: string) => t.replace('restart: unless', 'restarts: unless'), /unrecognized key.*restarts/i],
    ['an image without a version', (t: string) => t.replace('apache/kafka:4.3.1', 'apache/kafka:latest'), /pinned/],
    ['a volume nobody declared', (t: string) => t.replace('\n  data:\n', '\n'), /volume data is not declared/],
    ['a service that may write', (t: string) => t.replace('read_only: true', 'read_only: false'), /read_only/],
    ['a service that runs as root', (t: string) => t.replace('user: "65534:65534"', 'user: "0:0"'), /not root/],
    ['a service without a limit', (t: string) => t.replace('    mem_limit: 2g\n', ''), /mlflow.mem_limit/],
    [
      'a folder of this machine that may be written',
      (t: string) => t.replace('alerts.yml:ro', 'alerts.yml'),
      /a volume is/,
    ],
    ['a volume nobody uses', (t: string) => `${t}  more:\n`, /nobody uses/],
    [
      'a service that is not there',
      (t: string) => t.replace('    kafka:\n      cond', '    kafca:\n      cond'),
      /no other service kafca/,
    ],
    [
      'two services on one port',
      (t: string) => t.replace('MLFLOW_PORT:-5000', 'KAFKA_PORT:-9092'),
      /port 9092 is kafka's/,
    ],
    [
      'a port open to the world',
      (t: string) => t.replace('- 127.0.0.1:${MLFLOW', '- 0.0.0.0:${MLFLOW'),
      /on 127.0.0.1 only/,
    ],
    [
      'a variable without default',
      (t: string) => t.replace('KAFKA_PORT:-9092', 'KAFKA_PORT'),
      /KAFKA_PORT}: is not set/,
    ],
    [
      'a health check by shell text',
      (t: string) => t.replace('["CMD", "node"', '["CMD-SHELL", "node"'),
      /healthcheck.test/,
    ],
  ])('the check of this file finds %s', (_, spoil, fault) => {
    expect(spoil(text)).not.toBe(text)
    expect(() => readCompose(spoil(text), {})).toThrow(fault)
  })

  test('every file and folder that it mounts is in the repository', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map(volume => volume.split(':')[0]).filter(source => source.startsWith('.')),
    )
    expect(mounted.length).toBeGreaterThan(2)
    for (const source of mounted) expect(existsSync(join(root, 'docker', source)), source).toBe(true)
  })

  test('Prometheus asks the services that answer, at the port that they are told', () => {
    const { scrape_configs } = parse(readFileSync(join(root, 'docker/prometheus/prometheus.yml'), 'utf8')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
    }
    const asked = scrape_configs.filter(({ job_name }) => job_name !== 'prometheus')
    const telling = Object.entries(compose.services).filter(([, { command }]) => command?.includes('--metrics-port'))
    expect(asked.map(({ job_name }) => job_name).sort()).toEqual(telling.map(([name]) => name).sort())
    for (const { job_name, static_configs } of asked) {
      const { command } = compose.services[job_name]
      const port = command![command!.indexOf('--metrics-port') + 1]
      expect(static_configs).toEqual([{ targets: [`${job_name}:${port}`] }])
    }
  })

  test("Compose's own library reads it", { ...needs(lacksGo), timeout: 280_000 }, () => {
    const read = (file: string) =>
      spawnSync('go', ['run', '.', file], { cwd: join(root, 'test/harness/docker/compose_reader'), encoding: 'utf8' })
    const { status, stdout, stderr } = read(join(root, 'docker/compose.yaml'))
    expect(status, stderr).toBe(0)
    const { services } = JSON.parse(stdout) as { services: Record<string, { command: string[]; read_only: boolean }> }
    expect(Object.keys(services).sort()).toEqual(Object.keys(compose.services).sort())
    for (const [name, { command }] of Object.entries(compose.services)) {
      expect(services[name].read_only).toBe(true)
      expect(services[name].command ?? undefined).toEqual(command)
    }
    const spoilt = join(image, 'spoilt.yaml')
    writeFileSync(spoilt, text.replace('restart: unless', 'restarts: unless'))
    expect(read(spoilt)).toMatchObject({ status: 1, stderr: expect.stringContaining('restarts') })
  })
})

describe.each(built)('the image of $name', ({ context, dockerfile }) => {
  const folder = normalize(join(root, 'docker', context))
  const instructions = readDockerfile(join(folder, dockerfile))

  test('begins from a pinned image and does not run as root', () => {
    expect(instructions[0].rest).toMatch(/^[a-z]+:\d+\.\d+\.\d+-(bookworm-)?slim$/)
    const last = instructions.findLast(({ word }) => word === 'USER')
    expect(last?.rest).toMatch(/^(?!root$|0$)\w+$/)
  })

  test('copies what is there and is let into the context', () => {
    for (const { pattern, found } of copies(instructions, folder, ignored)) expect(found, pattern).not.toEqual([])
  })
})

test("MLflow's image installs the lock as it is: each package by its hash, nothing resolved", () => {
  const runs = readDockerfile(join(root, 'docker/Dockerfile.mlflow')).filter(({ word }) => word === 'RUN')
  expect(runs[0].rest).toMatch(/^pip install .*--no-deps --require-hashes -r requirements\.lock$/)
})

describe('the context', () => {
  test.each([
    'data/raw/x.ndjson',
    'mlruns/a',
    '.env',
    'node_modules/ws',
    'docker/python/.venv/bin/python',
    '.git/HEAD',
    'models/artifacts/logistic/model.json',
  ])('does not hold %s', path => expect(ignored(path)).toBe(true))
})

describe('what the image of the jobs holds', () => {
  const instructions = readDockerfile(join(root, 'docker/Dockerfile.ingestor'))
  layOut(instructions, root.replace(/\/$/, ''), ignored, image)
  const run = (args: string[]) => spawnSync(process.execPath, args, { cwd: image, encoding: 'utf8', env: { PATH: '' } })

  test.each(['ingestor', 'featurizer', 'scorer', 'desk'])(
    'is enough for the %s, and every flag of its command exists',
    name => {
      expect(execForm(instructions, 'ENTRYPOINT')).toEqual(['node'])
      const command = compose.services[name].command!
      const { status, stdout, stderr } = run([command[0], '--help'])
      expect(stderr).toBe('')
      expect(status).toBe(0)
      for (const flag of command.filter(word => word.startsWith('--'))) expect(stdout).toContain(`${flag} <`)
    },
  )

  test('is enough for its default command and its health check', () => {
    const { SPIKE60_HEALTH_FILE } = environmentOf(instructions)
    expect(SPIKE60_HEALTH_FILE).toMatch(/^\/app\/run\//)
    expect(run([...execForm(instructions, 'CMD'), '--help']).status).toBe(0)
    const check = execForm(instructions, 'HEALTHCHECK')
    expect(compose.services.ingestor.healthcheck.test.slice(1)).toEqual(check)
    expect(run([...check.slice(1), '--file', 'nothing'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing: does not exist'),
    })
  })
})
