/** Each panel's query gives rows on a live Prometheus that asks the jobs' own metrics, and on a live Postgres with the stores' own tables. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { dashboards, type PanelOf } from '../../scripts/dashboards/panels.ts'
import { featurizerMetrics } from '../../src/jobs/featurize/status.ts'
import { ingestMetrics, newIngestStatus } from '../../src/jobs/ingest/status.ts'
import { scorerMetrics } from '../../src/jobs/score/status.ts'
import { newSettleStatus, settleMetrics } from '../../src/jobs/settle/status.ts'
import { jobMetrics, newJobStatus } from '../../src/jobs/status.ts'
import { type Metric, renderMetrics } from '../../src/operations/metrics.ts'
import { processMetrics } from '../../src/operations/process_metrics.ts'
import { apiMetrics } from '../../src/serve/api_metrics.ts'
import { RequestTimes } from '../../src/serve/request_times.ts'
import { dayOf, makeDays, prepareTables } from '../../src/stores/postgres/schema.ts'
import { type ColumnType, refusedTable, rowTables } from '../../src/stores/tables.ts'
import { findPrometheus } from '../harness/docker/prometheus.ts'
import { freePorts } from '../harness/free_ports.ts'
import { needs } from '../harness/needs.ts'
import { lacksPostgres, startPostgres } from '../harness/postgres.ts'

const panels = dashboards.flatMap(({ rows }) => rows.flatMap(row => row.panels))
const isSql = (panel: PanelOf): panel is PanelOf & { sql: string } => 'sql' in panel
const { tools, lacks } = await findPrometheus()

const answered = new RequestTimes()
answered.add('/health', 200, 0.002)

const jobs: Record<string, () => Metric[]> = {
  ingestor: () => ingestMetrics(newIngestStatus()),
  featurizer: () => [...jobMetrics('featurizer', newJobStatus(), []), ...featurizerMetrics(newJobStatus(), 0)],
  scorer: () => [...jobMetrics('scorer', newJobStatus(), []), ...scorerMetrics(newJobStatus())],
  desk: () => apiMetrics({ notReady: null, times: answered, events: { size: 2 }, followed: [] }),
  settle: () => settleMetrics(newSettleStatus()),
}

/** As they are of a job at work: each has a sample, and what counts grows. */
function atWork(metrics: Metric[]): Metric[] {
  const grows = Math.floor(Date.now() / 100)
  return metrics.map(metric => {
    const samples = metric.samples.length > 0 ? metric.samples : [{ value: 1 }]
    return {
      ...metric,
      samples: samples.map(sample => ({ ...sample, value: metric.type === 'gauge' ? sample.value : grows })),
    }
  })
}

describe('on Prometheus', { ...needs(lacks), timeout: 60_000 }, () => {
  test('every query gives rows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spike60-dashboards-'))
    const server = createServer(({ url = '' }, response) => {
      const metrics = jobs[url.split('/')[1]]
      response.end(renderMetrics(atWork([...metrics(), ...processMetrics()])))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const [port] = await freePorts(1)
    const scrape_configs = Object.keys(jobs).map(job_name => ({
      job_name,
      metrics_path: `/${job_name}/metrics`,
      static_configs: [{ targets: [target] }],
    }))
    writeFileSync(join(folder, 'prometheus.yml'), stringify({ global: { scrape_interval: '1s' }, scrape_configs }))
    const options = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=store',
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const prometheus = spawn(tools!.prometheus, options, { cwd: folder, stdio: 'ignore' })
    onTestFinished(async () => {
      const ended = once(prometheus, 'exit')
      prometheus.kill()
      await ended
      server.close()
      rmSync(folder, { recursive: true })
    })
    const ask = async (query: string): Promise<unknown[]> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`)
      const { data, error } = (await answer.json()) as { data?: { result: unknown[] }; error?: string }
      if (data === undefined) throw new Error(`${query}: ${error}`)
      return data.result
    }
    // two scrapes of every job, of which rates are made
    for (const job of Object.keys(jobs))
      await expect
        .poll(() => ask(`rate(spike60_process_cpu_seconds_total{job="${job}"}[1m])`).catch(() => []), {
          timeout: 40_000,
          interval: 300,
        })
        .not.toEqual([])
    const empty: string[] = []
    for (const panel of panels) if (!isSql(panel) && (await ask(panel.expr)).length === 0) empty.push(panel.title)
    expect(empty).toEqual([])
  })
})

describe('on Postgres', { ...needs(lacksPostgres), timeout: 60_000 }, () => {
  test('every query gives rows of a time and a number', async () => {
    const postgres = await startPostgres()
    onTestFinished(() => postgres.remove())
    await postgres.start()
    const client = new pg.Client(postgres.address)
    await client.connect()
    onTestFinished(() => client.end())
    await prepareTables(client, 'here')
    const values: Record<ColumnType, string> = {
      ...{
        text: "'trades'",
        moment: 'now()',
        whole: '1',
        real: '1.5',
        decimal: '2.25',
        flag: 'true',
        bytes: "'\\x00'",
      },
    }
    const minuteAgo = dayOf(Date.now() / 1000 - 60)
    for (const table of rowTables) await makeDays(client, table, [minuteAgo])
    for (const { name, columns } of [...rowTables, refusedTable]) {
      const cells = Object.entries(columns).map(([column, type]) =>
        column === 'window_start' ? "now() - interval '1 minute'" : values[type],
      )
      await client.query(`INSERT INTO ${name} (${Object.keys(columns)}) VALUES (${cells})`)
    }
    for (const panel of panels.filter(isSql)) {
      const sql = panel.sql.replace(/\$__timeFilter\((\w+)\)/g, "$1 BETWEEN now() - interval '1 hour' AND now()")
      const { rows, fields } = await client.query(sql)
      expect(rows.length, panel.title).toBeGreaterThan(0)
      expect(rows[0].time, panel.title).toBeInstanceOf(Date)
      const numbers = fields
        .filter(({ name }) => !['time', 'metric'].includes(name))
        .map(({ name }) => Number(rows[0][name]))
      expect(numbers.length, panel.title).toBe(1)
      expect(numbers[0], panel.title).toBeGreaterThan(0)
    }
  })
})
