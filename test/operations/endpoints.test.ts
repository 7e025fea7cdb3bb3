import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startSimulator } from '../../src/exchange/simulator.ts'
import { type OperationsOptions, serveOperations } from '../../src/operations/endpoints.ts'
import { byLabel, counter, gauge, renderMetrics } from '../../src/operations/metrics.ts'
import { settings } from '../fixtures/simulated_market.ts'
import { startVictim, type Victim } from '../harness/victim.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function get(url: string): Promise<[status: number, body: string]> {
  const response = await fetch(url)
  return [response.status, await response.text()]
}

/** Values of a scrape by metric and labels; every line must have the form that Prometheus reads. */
function parse(text: string): Map<string, number> {
  const values = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP [a-z0-9_]+ .+|TYPE [a-z0-9_]+ (counter|gauge|histogram))$/.test(line)) continue
    const [, name, value] = /^([a-z0-9_]+(?:\{(?:[a-z_]+="[^"]*",?)+\})?) (\S+)$/.exec(line) ?? []
    expect(name, line).toBeDefined()
    values.set(name, Number(value))
  }
  return values
}

test("metrics stand in Prometheus's text format", () => {
  const metrics = [
    counter('rows_total', 'Rows\nmade.', 3),
    gauge('lag', 'Behind.', ...byLabel('partition', { 0: 1.5, 'a"b\\': Number.POSITIVE_INFINITY })),
    gauge('none', 'No sample yet.'),
  ]
  expect(renderMetrics(metrics)).toBe(
    [
      '# HELP spike60_rows_total Rows\\nmade.',
      '# TYPE spike60_rows_total counter',
      'spike60_rows_total 3',
      '# HELP spike60_lag Behind.',
      '# TYPE spike60_lag gauge',
      'spike60_lag{partition="0"} 1.5',
      'spike60_lag{partition="a\\"b\\\\"} +Inf',
      '# HELP spike60_none No sample yet.',
      '# TYPE spike60_none gauge',
      '',
    ].join('\n'),
  )
})

test('health, readiness and metrics are answered apart, and say why not', async () => {
  const job: Pick<OperationsOptions, 'idle' | 'notReady'> = { idle: () => 1, notReady: () => 'broker away' }
  const operations = await serveOperations({
    port: 0,
    idle: () => job.idle(),
    notReady: () => job.notReady(),
    metrics: () => [counter('x_total', 'X.', 1)],
  })
  cleanups.push(() => operations.close())
  const { url } = operations
  expect(await get(`${url}/healthz`)).toEqual([200, 'ok\n'])
  expect(await get(`${url}/readyz`)).toEqual([503, 'broker away\n'])
  expect((await get(`${url}/metrics`))[1]).toContain('spike60_x_total 1')
  expect((await get(`${url}/`))[0]).toBe(404)
  job.idle = () => 31
  job.notReady = () => null
  expect(await get(`${url}/healthz`)).toEqual([503, 'the loop has not gone round for 31 s\n'])
  expect(await get(`${url}/readyz`)).toEqual([200, 'ready\n'])
  const port = Number(new URL(url).port)
  await expect(serveOperations({ ...job, port, metrics: () => [] })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})

test('what is no question of this kind gets an answer that says so, and harms nobody', async () => {
  const operations = await serveOperations({
    port: 0,
    idle: () => 0,
    notReady: () => 'broker wss://u:hunter22@h away',
    metrics: () => {
      throw new Error('broken')
    },
  })
  cleanups.push(() => operations.close())
  const port = Number(new URL(operations.url).port)
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1', () => socket.end(text))
      socket.on('data', data => {
        answer += data
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(answer.split('\r\n')[0]))
    })
  for (const path of ['//', '/../../etc/passwd', '/%', '/metrics/', 'http://[', '*', '/healthz\u0000'])
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), path).toMatch(/ 40[04] /)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect(await raw(`${method} /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`)).toMatch(/ 405 /)
  expect(await raw('no HTTP at all\r\n\r\n')).toMatch(/ 400 /)
  expect((await fetch(`${operations.url}/healthz?x=1`, { method: 'HEAD' })).status).toBe(200)
  expect(await get(`${operations.url}/metrics`)).toEqual([500, 'broken\n'])
  expect(await get(`${operations.url}/readyz`)).toEqual([503, 'broker wss://***@h away\n'])
})

test('connections that say nothing keep no probe waiting, however many, and are closed', async () => {
  const operations = await serveOperations({ port: 0, idle: () => 0, notReady: () => null, metrics: () => [] })
  cleanups.push(() => operations.close())
  const port = Number(new URL(operations.url).port)
  let [open, closed] = [0, 0]
  const silent = Array.from({ length: 200 }, () =>
    connect(port, '127.0.0.1', () => open++)
      .on('error', () => {})
      .on('close', () => closed++),
  )
  cleanups.push(() => {
    for (const socket of silent) socket.destroy()
  })
  await expect.poll(() => open, { timeout: 10_000 }).toBe(200)
  for (const path of ['healthz', 'readyz', 'metrics']) {
    const began = performance.now()
    expect((await fetch(`${operations.url}/${path}`)).status).toBe(200)
    expect(performance.now() - began).toBeLessThan(1000)
  }
  await expect.poll(() => closed, { timeout: 10_000 }).toBeGreaterThanOrEqual(200 - 64)
})

test('a port that is taken ends a job with exit 2 and a line', async () => {
  const operations = await serveOperations({ port: 0, idle: () => 0, notReady: () => null, metrics: () => [] })
  cleanups.push(() => operations.close())
  const port = new URL(operations.url).port
  const folder = mkdtempSync(join(tmpdir(), 'operations-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  const job = startVictim([
    'features/featurizer.ts',
    '--topics',
    `embedded://${join(folder, 'a.db')}`,
    '--metrics-port',
    port,
  ])
  expect(await job.wait()).toEqual({ code: 2, signal: null })
  expect(job.log()).toBe(`featurizer: --metrics-port ${port} cannot be had on 127.0.0.1 (EADDRINUSE); name another\n`)
  expect(readdirSync(folder)).toEqual([])
})

async function urlOf(victim: Victim): Promise<string> {
  await expect.poll(() => victim.log(), { timeout: 20_000 }).toMatch(/"msg":"operations"/)
  return /"url":"(http:[^"]+)"[^\n]*"msg":"operations"/.exec(victim.log())![1]
}

test('an ingestor and a featurizer at work tell their figures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'))
  const topics = ['--topics', `embedded://${join(folder, 'log.db')}`]
  const simulator = await startSimulator({ settings, faults: [], speed: 15 })
  const to = ['--url', simulator.url, '--raw', join(folder, 'raw')]
  const ingestor = startVictim(['scripts/ws_ingest.ts', ...to, ...topics, '--metrics-port', '0'])
  const parquet = join(folder, 'features.parquet')
  const featurizer = startVictim(['features/featurizer.ts', ...topics, '--parquet', parquet, '--metrics-port', '0'])
  cleanups.push(
    () => ingestor.kill9(),
    () => featurizer.kill9(),
    () => simulator.close(),
    () => rmSync(folder, { recursive: true }),
  )
  const [ingest, featurize] = [await urlOf(ingestor), await urlOf(featurizer)]
  const scrape = async (url: string): Promise<Map<string, number>> => parse((await get(`${url}/metrics`))[1])
  const poll = { timeout: 20_000 }
  await expect
    .poll(async () => (await scrape(featurize)).get('spike60_featurizer_rows_total'), poll)
    .toBeGreaterThan(20)
  expect((await get(`${featurize}/readyz`))[0]).toBe(200)
  expect((await get(`${ingest}/readyz`))[0]).toBe(200)
  const rows = await scrape(featurize)
  expect(rows.get('spike60_featurizer_ready')).toBe(1)
  expect(rows.get('spike60_featurizer_events_total{type="quote"}')).toBeGreaterThan(20)
  expect(rows.get('spike60_featurizer_watermark_delay_seconds{product="BTC-USD"}')).toBeGreaterThan(0)
  expect(rows.get('spike60_featurizer_transactions_total')).toBeGreaterThan(0)
  await expect
    .poll(async () => (await scrape(featurize)).has('spike60_featurizer_lag_records{partition="0"}'), poll)
    .toBe(true)
  const taken = await scrape(ingest)
  expect(taken.get('spike60_ingest_frames_total{feed="coinbase"}')).toBeGreaterThan(20)
  expect(taken.get('spike60_ingest_bronze_bytes_total{feed="coinbase"}')).toBeGreaterThan(1000)
  expect(taken.get('spike60_ingest_published_events_total{type="quote"}')).toBeGreaterThan(20)
  expect(taken.has('spike60_ingest_backlog_bytes')).toBe(true)
  expect(await featurizer.stop()).toEqual({ code: 0, signal: null })
  expect(await ingestor.stop()).toEqual({ code: 0, signal: null })
})
