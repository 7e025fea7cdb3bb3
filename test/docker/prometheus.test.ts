import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { featurizerMetrics } from '../../src/jobs/featurize/status.ts'
import { ingestMetrics, newIngestStatus } from '../../src/jobs/ingest/status.ts'
import { scorerMetrics } from '../../src/jobs/score/status.ts'
import { jobMetrics, newJobStatus } from '../../src/jobs/status.ts'
import { type Metric, renderMetrics } from '../../src/operations/metrics.ts'
import { processMetrics } from '../../src/operations/process_metrics.ts'
import { apiMetrics } from '../../src/serve/api_metrics.ts'
import { RequestTimes } from '../../src/serve/request_times.ts'
import { findPrometheus } from '../harness/docker/prometheus.ts'
import { needs } from '../harness/needs.ts'

const folder = fileURLToPath(new URL('../../docker/prometheus', import.meta.url))
const runbook = readFileSync(join(folder, '../../docs/runbook.md'), 'utf8')
const { tools, lacks } = await findPrometheus()

interface Rule {
  alert: string
  expr: string
  annotations: { summary: string; runbook: string }
}
interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[]
}
const read = <Content>(name: string): Content => parse(readFileSync(join(folder, name), 'utf8')) as Content
const rules = read<{ groups: { rules: Rule[] }[] }>('alerts.yml').groups.flatMap(group => group.rules)
const tests = read<{ tests: RuleTest[] }>('alerts_test.yml').tests.flatMap(one => one.alert_rule_test)

const answered = new RequestTimes()
answered.add('/quotes/{ticker}', 200, 0.002)

const jobs: Record<string, Metric[]> = {
  ingestor: ingestMetrics(newIngestStatus()),
  featurizer: [...jobMetrics('featurizer', newJobStatus(), []), ...featurizerMetrics(newJobStatus(), 0)],
  scorer: [...jobMetrics('scorer', newJobStatus(), []), ...scorerMetrics(newJobStatus())],
  desk: apiMetrics({ notReady: null, times: answered, events: { size: 2 }, followed: [] }),
}
const exported = [...Object.values(jobs).flat(), ...processMetrics()].map(({ name }) => `spike60_${name}`)

describe('promtool', needs(lacks), () => {
  const promtool = (...args: string[]): string =>
    execFileSync(tools!.promtool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

  test('finds no fault in the configuration and the rules', () => {
    const out = promtool('check', 'config', 'prometheus.yml')
    expect(out).toContain(`${rules.length} rules found`)
    expect(out).not.toContain('FAILED')
  })

  test('sees each alert come when it should, and not before', () => {
    expect(promtool('test', 'rules', 'alerts_test.yml')).toMatch(/SUCCESS/)
  })

  test.each(Object.keys(jobs))('reads the metrics of the %s', job => {
    const input = renderMetrics([...jobs[job], ...processMetrics()])
    const { status, stdout, stderr } = spawnSync(tools!.promtool, ['check', 'metrics'], { input, encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})

describe('alerts', () => {
  test('ask only for metrics that a job has', () => {
    const asked = rules.flatMap(({ expr }) => expr.match(/\bspike60_\w+/g) ?? [])
    expect(asked.length).toBeGreaterThan(rules.length)
    expect(asked.filter(name => !exported.includes(name))).toEqual([])
  })

  test.each(rules.map(({ alert }) => alert))('%s has a test in which it comes and one in which it does not', alert => {
    const own = tests.filter(({ alertname }) => alertname === alert)
    expect(own.some(({ exp_alerts = [] }) => exp_alerts.length > 0)).toBe(true)
    expect(own.some(({ exp_alerts = [] }) => exp_alerts.length === 0)).toBe(true)
  })

  test.each(rules.map(({ alert, annotations }) => [alert, annotations.runbook]))(
    '%s leads to an entry of the runbook',
    (_, address) => {
      const [path, anchor] = address.split('#')
      expect(path).toBe('docs/runbook.md')
      const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => anchorOf(title))
      expect(anchors).toContain(anchor)
    },
  )
})

/** As Markdown viewers make it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
