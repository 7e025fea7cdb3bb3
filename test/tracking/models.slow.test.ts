import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { type FeatureTable, takeRows } from '../../src/core/features/table.ts'
import type { Artifact } from '../../src/core/models/artifact/artifact.ts'
import { graphInputs } from '../../src/core/models/artifact/mlmodel.ts'
import { scoreRows } from '../../src/core/models/artifact/score.ts'
import { writeFeatures } from '../../src/jobs/featurize/sink.ts'
import { type TrainResult, train } from '../../src/jobs/train/run.ts'
import { readTable } from '../../src/stores/parquet.ts'
import { connectMlflow } from '../../src/tracking/client.ts'
import { loadModel } from '../../src/tracking/model_folder.ts'
import type { MlflowRun } from '../../src/tracking/replies.ts'
import { findTraining, recordArtifacts } from '../../src/tracking/tracker.ts'
import { syntheticTable } from '../fixtures/synthetic_features.ts'
import { startCuttingProxy, startTestMlflow, type TestMlflow } from '../harness/mlflow_server.ts'
import { needs } from '../harness/needs.ts'
import { findPython, type PredictJob, predictInPython, runPython } from '../harness/python.ts'

const { python, lacks } = await findPython()
const root = mkdtempSync(join(tmpdir(), 'spike60-models-'))
const journal = join(root, 'mlruns')
const config = readConfig()
const experiment = config.mlflow.experiment
let mlflow: TestMlflow
let trained: TrainResult

describe('a training on a real MLflow server', needs(lacks), () => {
  beforeAll(async () => {
    mlflow = await startTestMlflow(python!)
    const features = join(root, 'data', 'features.parquet')
    const metadata = { 'spike60.simulated': 'true', 'spike60.perturbation': 'passed' }
    await writeFeatures(features, syntheticTable(4000), config, metadata)
    trained = await train({ features, out: root, config, trackingUri: mlflow.server.uri })
  }, 300_000)

  afterAll(async () => {
    await mlflow?.remove()
    rmSync(root, { recursive: true, force: true })
  })

  test('Python opens every version of the registered model and predicts as we do, columns reordered, values missing', async () => {
    const learned = Object.values(trained.models).filter(({ kind }) => kind === 'learned')
    const artifacts = learned.map(({ name }) => loadModel(join(dirname(trained.files.model), name)))
    expect(artifacts.map(({ name }) => name)).toEqual(['logistic', 'ridge', 'boosting_regression', 'average', 'drawn'])
    const tables = await Promise.all(artifacts.map(someRows))
    const versions = await findVersions()
    expect([...versions.keys()].sort()).toEqual(artifacts.map(({ name }) => name).sort())
    const jobs = artifacts.map((artifact, i): PredictJob => {
      const columns = ['unused', ...graphInputs(artifact)].reverse()
      const { rows, product, columns: values } = tables[i]
      const cell = (column: string, row: number): number => {
        if (column === 'unused') return row
        return column === 'tau' ? artifact.tau[product[row]] : values[column][row]
      }
      return {
        address:
          artifact.name === 'drawn' ? 'models:/spike60@champion' : `models:/spike60/${versions.get(artifact.name)}`,
        columns,
        rows: Array.from({ length: rows }, (_, row) => columns.map(column => cell(column, row))),
        needed: artifact.inputs[0],
      }
    })
    const answers = await predictInPython(python!, mlflow.server.uri, jobs)
    for (const [i, { columns, probability, refused }] of answers.entries()) {
      const { name, inputs } = artifacts[i]
      expect(columns, name).toEqual(['probability'])
      expect(refused, name).toContain(inputs[0])
      const expected = scoreRows(artifacts[i], tables[i])
      expect(probability, name).toHaveLength(expected.length)
      expect(Math.max(...probability.map((p, row) => Math.abs(p - expected[row]))), name).toBeLessThan(1e-6)
    }
  }, 300_000)

  test('every model folder scores the labelled test file as it is, in Python as here', async () => {
    const learned = Object.values(trained.models).filter(({ kind }) => kind === 'learned')
    const folders = learned.map(({ name }) => join(dirname(trained.files.model), name))
    const answers = (await runPython(python!, 'predict_file.py', [trained.files.test, ...folders])) as number[][]
    const { table } = await readTable(trained.files.test)
    for (const [i, folder] of folders.entries()) {
      const expected = scoreRows(loadModel(folder), table)
      expect(answers[i], folder).toHaveLength(expected.length)
      expect(Math.max(...answers[i].map((p, row) => Math.abs(p - expected[row]))), folder).toBeLessThan(1e-6)
    }
  })

  test('the runs carry folds as steps, the audit as tag, figures and table', async () => {
    const runs = await findRuns()
    const parent = runs.get([...runs.keys()].find(name => name.startsWith('train '))!)!
    expect(tag(parent, 'spike60.audit')).toBe('passed')
    expect(JSON.parse(tag(parent, 'mlflow.loggedArtifacts')!)).toContainEqual({ path: 'audit.json', type: 'table' })
    const audit = JSON.parse(await artifactText(parent, 'audit.json')) as { columns: string[]; data: string[][] }
    expect(audit.columns).toEqual(['check', 'verdict', 'detail'])
    expect(audit.data.map(([check]) => check)).toEqual(trained.audit.checks.map(({ name }) => name))
    expect(await history(parent, 'audit/shuffled_split_claimed_pr_auc')).toHaveLength(1)
    const folds = trained.walk_forward!.folds
    expect(await history(parent, 'fold/prevalence')).toEqual(folds.map(({ prevalence }, step) => [step, prevalence]))
    const average = await history(runs.get('average')!, 'fold/pr_auc')
    expect(average).toEqual(
      folds.flatMap(({ pr_auc }, step) => (pr_auc.average === null ? [] : [[step, pr_auc.average]])),
    )
    expect(average.length).toBeGreaterThan(0)
  })

  test('reports made later reach their run once, also when the server dies in between', async () => {
    const { id } = findTraining(journal, trained.files.evaluation)!
    const report = join(root, 'report.pdf')
    const plot = join(root, 'plot.svg')
    writeFileSync(report, 'first')
    writeFileSync(plot, '<svg/>')
    const artifacts = [
      { path: 'reports/model_eval.pdf', file: report },
      { path: 'plots/plot.svg', file: plot },
    ]
    const proxy = await startCuttingProxy(mlflow.server.uri, 5)
    const broken = await recordArtifacts({ [id]: artifacts }, { experiment, journal, uri: proxy.uri })
    await proxy.close()
    expect(broken).toMatchObject({ journalled: 1, warning: expect.stringMatching(/no answer to/) })

    const uri = mlflow.server.uri
    expect(await recordArtifacts({ [id]: artifacts }, { experiment, journal, uri })).toMatchObject({
      journalled: 0,
      warning: null,
    })
    const parent = [...(await findRuns()).values()].find(run => tag(run, 'spike60.journal_id') === id)!
    expect(await artifactText(parent, 'plots/plot.svg')).toBe('<svg/>')
    const [first] = tag(parent, 'spike60.attached')!.split(' ')

    writeFileSync(report, 'second')
    expect(await recordArtifacts({ [id]: artifacts }, { experiment, journal, uri })).toMatchObject({
      journalled: 1,
      warning: null,
    })
    const again = [...(await findRuns()).values()].find(run => tag(run, 'spike60.journal_id') === id)!
    expect(tag(again, 'spike60.attached')!.split(' ')).toEqual([first, expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(await artifactText(again, 'reports/model_eval.pdf')).toBe('second')
  })
})

/** Some 300 rows of the test segment; in each input of the model every eleventh value is missing. */
async function someRows({ inputs }: Artifact): Promise<FeatureTable> {
  const { table } = await readTable(trained.files.test)
  const step = Math.ceil(table.rows / 300)
  const rows = takeRows(
    table,
    Array.from({ length: Math.floor(table.rows / step) }, (_, i) => i * step),
  )
  for (const [j, input] of inputs.entries())
    for (let row = j % 11; row < rows.rows; row += 11) rows.columns[input][row] = Number.NaN
  return rows
}

const api = <Reply>(method: 'GET' | 'POST', path: string, body: Record<string, unknown>): Promise<Reply> =>
  connectMlflow(mlflow.server.uri).api(z.custom<Reply>(), method, path, body)

/** Versions of the registered model by the model that each is. */
async function findVersions(): Promise<Map<string, string>> {
  interface Version {
    version: string
    tags: { key: string; value: string }[]
  }
  const query = { filter: "name='spike60'" }
  const { model_versions } = await api<{ model_versions: Version[] }>('GET', 'model-versions/search', query)
  return new Map(
    model_versions.map(({ version, tags }) => [tags.find(({ key }) => key === 'spike60.model')!.value, version]),
  )
}

async function findRuns(): Promise<Map<string, MlflowRun>> {
  const found = await api<{ experiment: { experiment_id: string } }>('GET', 'experiments/get-by-name', {
    experiment_name: experiment,
  })
  const { runs } = await api<{ runs: (MlflowRun & { info: { run_name: string } })[] }>('POST', 'runs/search', {
    experiment_ids: [found.experiment.experiment_id],
  })
  return new Map(runs.map(run => [run.info.run_name, run]))
}

function tag(run: MlflowRun, name: string): string | undefined {
  return run.data.tags?.find(({ key }) => key === name)?.value
}

async function history({ info }: MlflowRun, metric_key: string): Promise<[number, number][]> {
  const query = { run_id: info.run_id, metric_key }
  const reply = await api<{ metrics?: { step: number; value: number }[] }>('GET', 'metrics/get-history', query)
  return (reply.metrics ?? []).map(({ step, value }) => [step, value])
}

async function artifactText({ info }: MlflowRun, path: string): Promise<string> {
  const query = new URLSearchParams({ run_uuid: info.run_id, path })
  return (await fetch(`${mlflow.server.uri}/get-artifact?${query}`)).text()
}
