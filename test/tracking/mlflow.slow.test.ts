import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { FeatureTable } from '../../src/core/features/table.ts'
import type { LinearArtifact } from '../../src/core/models/artifact/artifact.ts'
import { scoreRows } from '../../src/core/models/artifact/score.ts'
import { barOf } from '../../src/core/models/judge/bar.ts'
import type { Judged, Rivals } from '../../src/core/models/judge/rivals.ts'
import { connectMlflow } from '../../src/tracking/client.ts'
import { saveModel } from '../../src/tracking/model_folder.ts'
import { isListening } from '../../src/tracking/port.ts'
import { rivalsRun, rollbackRun, withoutAlias } from '../../src/tracking/rival_runs.ts'
import { sendJournal } from '../../src/tracking/send.ts'
import { type RunRecord, recordRuns, runId } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'
import { startCuttingProxy, startTestMlflow, type TestMlflow } from '../harness/mlflow_server.ts'
import { needs } from '../harness/needs.ts'
import { findPython, predictInPython } from '../harness/python.ts'

const { python, lacks } = await findPython()
const folder = mkdtempSync(join(tmpdir(), 'spike60-tracking-'))
const t0 = 1_767_571_200_000
let mlflow: TestMlflow

interface Found {
  info: { run_id: string; run_name: string; status: string; start_time: number; end_time: number }
  data: {
    params?: { key: string; value: string }[]
    tags?: { key: string; value: string }[]
    metrics?: { key: string; value: number; step: number }[]
  }
  inputs: { dataset_inputs?: { tags: object[]; dataset: { name: string; digest: string; profile: string } }[] }
  outputs?: { model_outputs?: { model_id: string }[] }
}

describe('a real MLflow server', needs(lacks), () => {
  beforeAll(async () => {
    saveModel(join(folder, 'model'), artifact, new Date(t0))
    writeFileSync(join(folder, 'report.html'), '<p>simulated</p>')
    mlflow = await startTestMlflow(python!)
  }, 300_000)

  afterAll(async () => {
    await mlflow?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows a training with all that belongs to it, once, however often it is sent', async () => {
    const options = { experiment: 'whole', journal: join(folder, 'whole'), uri: mlflow.server.uri }
    const first = await recordRuns(training('whole', 1), options)
    expect(first).toMatchObject({ journalled: 3, sent: 3, warning: null })
    expect(first.link).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/#\/experiments\/\d+\/runs\?workflowType=machine_learning&viewStateShareKey=spike60$/,
    )
    expect(await recordRuns(training('whole', 1), options)).toMatchObject({ journalled: 0, sent: 0, warning: null })

    const runs = await findRuns('whole')
    expect(runs.map(run => run.info.run_name).sort()).toEqual(['logistic', 'training', 'zscore'])
    const [logistic, parent, zscore] = ['logistic', 'training', 'zscore'].map(
      n => runs.find(r => r.info.run_name === n)!,
    )
    for (const child of [logistic, zscore])
      expect(tags(child)['mlflow.parentRunId'], 'nested under the training').toBe(parent.info.run_id)
    expect(logistic.info).toMatchObject({ status: 'FINISHED', start_time: t0, end_time: t0 + 5_000 })
    expect(logistic.data.params).toContainEqual({ key: 'l2', value: '0.5' })
    expect(logistic.data.metrics).toContainEqual(expect.objectContaining({ key: 'test_pr_auc', value: 0.31 }))
    expect(tags(logistic)).toMatchObject({ simulated: 'true', 'spike60.undefined_metrics': 'test_brier' })
    const [input] = logistic.inputs.dataset_inputs!
    expect(input.tags).toEqual([{ key: 'mlflow.data.context', value: 'training' }])
    expect(JSON.parse(input.dataset.profile)).toEqual({ num_rows: 1200, digest: 'a'.repeat(64) })
    expect((await history(logistic.info.run_id, 'fold_pr_auc')).map(m => [m.step, m.value])).toEqual([
      [0, 0.2],
      [1, 0.3],
      [2, 0.4],
    ])
    expect(await artifactText(logistic.info.run_id, 'reports/evaluation one.html')).toBe('<p>simulated</p>')
    expect(logistic.outputs?.model_outputs).toHaveLength(1)
  })

  test('takes more metrics, params and tags than one call may carry', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => i)
    const run: RunRecord = {
      ...empty,
      id: 'many',
      name: 'many',
      params: Object.fromEntries(many(250).map(i => [`p${i}`, 'ü'.repeat(5_000)])),
      tags: Object.fromEntries(many(120).map(i => [`t${i}`, 'x'.repeat(7_000)])),
      metrics: many(2_500).map(i => ({ key: 'loss', value: 1 / (i + 1), step: i })),
    }
    expect(await recordRuns([run], at('many'))).toMatchObject({ sent: 1, warning: null })
    const [found] = await findRuns('many')
    expect(found.data.params).toHaveLength(250)
    expect(Object.keys(tags(found)).filter(key => key.startsWith('t'))).toHaveLength(120)
    expect(await history(found.info.run_id, 'loss')).toHaveLength(2_500)
  })

  test('a connection cut after any call loses and doubles nothing', async () => {
    for (let cutAt = 1, cut = true; cut; cutAt++) {
      const name = `cut-${cutAt}`
      const journal = join(folder, name)
      const proxy = await startCuttingProxy(mlflow.server.uri, cutAt)
      const broken = await recordRuns(pair(name), { experiment: name, journal, uri: proxy.uri })
      await proxy.close()
      cut = proxy.seen >= cutAt
      expect(broken.journalled).toBe(2)
      if (cut) expect(broken.warning, name).toMatch(/no answer to/)
      else expect(broken).toMatchObject({ sent: 2, warning: null })
      const mended = await sendJournal(journal, mlflow.server.uri)
      expect(mended.warnings, name).toEqual([])
      const runs = await findRuns(name)
      expect(runs.map(run => [run.info.run_name, run.info.status]).sort(), name).toEqual([
        ['logistic', 'FINISHED'],
        ['training', 'FINISHED'],
      ])
      const logistic = runs.find(run => run.info.run_name === 'logistic')!
      expect(logistic.inputs.dataset_inputs, name).toHaveLength(1)
      expect(logistic.outputs?.model_outputs, name).toHaveLength(1)
      expect(await history(logistic.info.run_id, 'fold_pr_auc'), name).toHaveLength(3)
      expect(await artifactText(logistic.info.run_id, 'reports/evaluation one.html')).toBe('<p>simulated</p>')
      expect(await versions(name), name).toEqual(['1'])
      expect(await aliasVersion(name), name).toBe('1')
    }
  }, 300_000)

  test('a server killed midway gets the rest when it is back', async () => {
    const options = { experiment: 'killed', journal: join(folder, 'killed') }
    const proxy = await startCuttingProxy(mlflow.server.uri, 9, () => mlflow.kill())
    const broken = await recordRuns(training('killed', 1), { ...options, uri: proxy.uri })
    await proxy.close()
    expect(broken).toMatchObject({ journalled: 3, warning: expect.stringMatching(/no answer/) })
    expect(await isListening(Number(new URL(mlflow.server.uri).port)), 'the whole process group is gone').toBe(false)

    await mlflow.restart()
    const mended = await recordRuns(training('killed', 2), { ...options, uri: mlflow.server.uri })
    expect(mended).toMatchObject({ journalled: 3, warning: null })
    const runs = await findRuns('killed')
    expect(runs).toHaveLength(6)
    expect(runs.every(run => run.info.status === 'FINISHED')).toBe(true)
    expect(await versions('killed')).toHaveLength(2)
  })

  test('two processes that send at once do not double a run', async () => {
    const journal = join(folder, 'twice')
    await recordRuns(training('twice', 1), { experiment: 'twice', journal })
    const both = await Promise.all([1, 2].map(() => sendJournal(journal, mlflow.server.uri)))
    expect(both.map(sending => sending.sent).sort()).toEqual([0, 3])
    expect(await findRuns('twice')).toHaveLength(3)
  })

  test('the alias stays at the latest training when an older one is sent afterwards', async () => {
    await recordRuns(training('alias', 2), at('alias-late'))
    await recordRuns(training('alias', 1), at('alias-early'))
    expect(await versions('alias')).toEqual(['1', '2'])
    expect(await aliasVersion('alias')).toBe('1')
  })

  test('a challenger that lost is a version beside the champion; a rollback is one that the alias points to', async () => {
    const named = (run: RunRecord) => ({ ...run, model: run.model && { ...run.model, registered: 'spike60-rivals' } })
    const lost = withoutAlias(training('rivals', 2))
    const decision = { moves: false, why: 'the interval of the difference includes 0' }
    const judged = rivalsRun(lost[2], exampleRivals, decision, 'pair')
    await recordRuns([...training('rivals', 1), ...lost, judged], at('rivals'))
    expect(await versions('rivals')).toEqual(['1', '2'])
    expect(await aliasVersion('rivals')).toBe('1')
    const run = (await findRuns('rivals')).find(({ info }) => info.run_name === 'champion and challenger')!
    const figures = Object.fromEntries((run.data.metrics ?? []).map(({ key, value }) => [key, value]))
    expect(figures).toMatchObject({ 'unseen/pr_auc_champion': 0.3, 'unseen/difference_low': -0.1, level: 97.5 })
    expect(figures).toMatchObject({ 'live/pr_auc_champion': 0.3, 'live/rows': 900 })
    expect(tags(run)['spike60.decision']).toBe('stayed')
    expect(Object.keys(figures)).not.toContain('unseen/pr_auc_challenger')
    const when = { started_at: t0 + 600_000, ended_at: t0 + 601_000 }
    await recordRuns([named(rollbackRun(artifact, join(folder, 'model'), when))], at('rivals'))
    expect(await versions('rivals')).toEqual(['1', '2', '3'])
    expect(await aliasVersion('rivals')).toBe('3')
  })

  test('one run that the server refuses does not hold up the others', async () => {
    const refused: RunRecord = { ...empty, id: 'bad', name: 'bad', params: { 'a\u0000b?': 1 } }
    const options = at('refused')
    const result = await recordRuns([refused, { ...empty, id: 'good', name: 'good' }], options)
    expect(result.sent).toBe(1)
    expect(result.warning).toMatch(/run 'bad' \(bad\) stays in the journal: .* 400 INVALID_PARAMETER_VALUE/)
  })

  test('Python opens the registered model by its alias and predicts on reordered columns', async () => {
    await recordRuns(training('pyfunc', 1), at('pyfunc'))
    const a = [1, 0.25, Number.NaN, -2, 0.5]
    const b = [0.5, -1, 3, Number.NaN, 0.125]
    const [answer] = await predictInPython(python!, mlflow.server.uri, [
      {
        address: 'models:/spike60-pyfunc@champion',
        columns: ['b', 'unused', 'a'],
        rows: a.map((_, i) => [b[i], 9, a[i]]),
        needed: 'b',
      },
    ])
    const table: FeatureTable = {
      rows: a.length,
      product: a.map(() => 'BTC-USD'),
      time: Float64Array.from(a.keys()),
      columns: { a: Float64Array.from(a), b: Float64Array.from(b) },
      sigma_future: new Float64Array(a.length),
    }
    const expected = scoreRows(artifact, table)
    expect(answer).toMatchObject({ columns: ['probability'], refused: expect.stringContaining('b') })
    const { probability } = answer
    expect(probability).toHaveLength(expected.length)
    for (const [i, p] of probability.entries()) expect(Math.abs(p - expected[i])).toBeLessThan(1e-6)
  })
})

const artifact: LinearArtifact = {
  format: 'spike60-linear',
  version: 1,
  name: 'logistic',
  spec_version: '1',
  config_hash: '0123456789abcdef',
  simulated: true,
  inputs: ['a', 'b'],
  impute: [0.5, -0.25],
  logs: [],
  indicators: [0],
  mean: [0.1, 0.2, 0.05],
  scale: [1.5, 2, 0.25],
  weights: [2, -3, 0.4],
  intercept: 0.5,
  threshold: 0.3,
  tau: { 'BTC-USD': 1e-4 },
  trained_on: { digest: 'a'.repeat(64), from: '2026-01-05T00:00:00Z', to: '2026-01-05T02:00:00Z', rows: 1200 },
}

const empty: Omit<RunRecord, 'id' | 'name'> = {
  started_at: t0,
  ended_at: t0 + 1_000,
  ...emptyRun,
}

const exampleJudged: Judged = {
  segment: {
    ...{ from: '2026-01-05T00:00:00Z', to: '2026-01-05T02:00:00Z', rows: 900, positives: 90, episodes: 6 },
    ...{ prevalence: 0.1, degenerate: null },
  },
  pr_auc: { champion: 0.3, challenger: null },
  difference: { value: 0, low: -0.1, high: 0.1 },
}
const exampleRivals: Rivals = { ...exampleJudged, live: exampleJudged, bar: barOf(1) }

/** A parent with two children, the last of them with a model; `nth` tells trainings apart. */
function training(name: string, nth: number): RunRecord[] {
  const start = t0 + (nth - 1) * 60_000
  const base = { ...empty, started_at: start, ended_at: start + 5_000, tags: { simulated: 'true' } }
  const parent = { ...base, name: 'training' }
  const id = runId(parent)
  const zscore = { ...base, name: 'zscore', parent: id, metrics: [{ key: 'test_pr_auc', value: 0.2 }] }
  const logistic = {
    ...base,
    name: 'logistic',
    parent: id,
    params: { l2: 0.5, spec: '1' },
    metrics: [
      { key: 'test_pr_auc', value: 0.31 },
      { key: 'test_brier', value: Number.NaN },
      ...[0.2, 0.3, 0.4].map((value, step) => ({ key: 'fold_pr_auc', value, step })),
    ],
    datasets: [
      {
        name: 'features_train',
        digest: 'a'.repeat(64),
        source: 'data/processed/features_train.parquet',
        context: 'training' as const,
        rows: 1200,
        columns: ['a', 'b'],
      },
    ],
    artifacts: [{ path: 'reports/evaluation one.html', file: join(folder, 'report.html') }],
    model: { registered: `spike60-${name}`, folder: join(folder, 'model'), alias: 'champion' },
  }
  return [
    { ...logistic, id: runId(logistic) },
    { ...zscore, id: runId(zscore) },
    { ...parent, id },
  ]
}

/** A training without its baseline, its model folder cut down to the two files that matter: few calls, so that each can be cut. */
function pair(name: string): RunRecord[] {
  const small = join(folder, 'small')
  mkdirSync(small, { recursive: true })
  for (const file of ['MLmodel', 'model.onnx']) copyFileSync(join(folder, 'model', file), join(small, file))
  return training(name, 1)
    .filter(run => run.name !== 'zscore')
    .map(run => ({ ...run, ...(run.model && { model: { ...run.model, folder: small } }) }))
}

function at(name: string): { experiment: string; journal: string; uri: string } {
  return { experiment: name, journal: join(folder, name), uri: mlflow.server.uri }
}

const api = <Reply>(method: 'GET' | 'POST', path: string, body: Record<string, unknown>): Promise<Reply> =>
  connectMlflow(mlflow.server.uri).api(z.custom<Reply>(), method, path, body)

async function findRuns(experiment: string): Promise<Found[]> {
  const found = await api<{ experiment: { experiment_id: string } }>('GET', 'experiments/get-by-name', {
    experiment_name: experiment,
  })
  const reply = await api<{ runs?: Found[] }>('POST', 'runs/search', {
    experiment_ids: [found.experiment.experiment_id],
    run_view_type: 'ALL',
  })
  return reply.runs ?? []
}

async function history(run_id: string, metric_key: string): Promise<{ step: number; value: number }[]> {
  const reply = await api<{ metrics?: { step: number; value: number }[] }>('GET', 'metrics/get-history', {
    run_id,
    metric_key,
  })
  return reply.metrics ?? []
}

async function artifactText(runId: string, path: string): Promise<string> {
  const query = new URLSearchParams({ run_uuid: runId, path })
  return (await fetch(`${mlflow.server.uri}/get-artifact?${query}`)).text()
}

async function versions(name: string): Promise<string[]> {
  const reply = await api<{ model_versions?: { version: string }[] }>('GET', 'model-versions/search', {
    filter: `name='spike60-${name}'`,
  })
  return (reply.model_versions ?? []).map(v => v.version).sort()
}

async function aliasVersion(name: string): Promise<string> {
  const reply = await api<{ model_version: { version: string } }>('GET', 'registered-models/alias', {
    name: `spike60-${name}`,
    alias: 'champion',
  })
  return reply.model_version.version
}

function tags(run: Found): Record<string, string> {
  return Object.fromEntries((run.data.tags ?? []).map(({ key, value }) => [key, value]))
}
