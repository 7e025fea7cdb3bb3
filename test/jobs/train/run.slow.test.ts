import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import type { FeatureTable } from '../../../src/core/features/table.ts'
import { writeFeatures } from '../../../src/jobs/featurize/sink.ts'
import { infer } from '../../../src/jobs/score/file.ts'
import { type TrainResult, train } from '../../../src/jobs/train/run.ts'
import { quoted, withDuckDB } from '../../../src/stores/duckdb.ts'
import { readTable } from '../../../src/stores/parquet.ts'
import { chooseModel } from '../../../src/tracking/base_model.ts'
import { copyTable, syntheticTable } from '../../fixtures/synthetic_features.ts'

const root = mkdtempSync(join(tmpdir(), 'spike60-train-'))
const features = join(root, 'data', 'features.parquet')
const config = readConfig()
const metadata = { 'spike60.simulated': 'true', 'spike60.perturbation': 'passed' }
let table: FeatureTable
let result: TrainResult

beforeAll(async () => {
  table = syntheticTable(4000)
  await writeFeatures(features, copyTable(table), config, metadata)
  result = await train({ features, out: root, config })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function rowsOf(sql: string): Promise<unknown[][]> {
  return withDuckDB(async connection => (await connection.run(sql)).getRows() as Promise<unknown[][]>)
}

/** Runs a job as a user does. */
function run(job: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve =>
    execFile(process.execPath, [join(import.meta.dirname, '../../../models', job), ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    ),
  )
}

describe('a training run', () => {
  test('writes the three segments with labels, tau and its source', async () => {
    for (const segment of ['train', 'validation', 'test'] as const) {
      const { table: rows, metadata: found } = await readTable(result.files[segment])
      const { rows: many, from, to, positives } = result.splits[segment]
      expect(rows.rows).toBe(many)
      expect(rows.label!.reduce((a, b) => a + b)).toBe(positives)
      expect(new Date(Math.min(...rows.time) / 1000).toISOString()).toBe(from)
      expect(new Date(Math.max(...rows.time) / 1000).toISOString()).toBe(to)
      expect(JSON.parse(found['spike60.tau'])).toEqual(result.tau)
      expect(found).toMatchObject({
        ...metadata,
        'spike60.segment': segment,
        'spike60.tau_source': result.tau_source,
        'spike60.digest': result.source.digest,
      })
      for (let row = 0; row < many; row++)
        expect(rows.label![row]).toBe(rows.sigma_future[row] >= result.tau[rows.product[row]] ? 1 : 0)
    }
  })

  test('writes predictions of test rows only, one column a model', async () => {
    const file = quoted(result.files.predictions)
    const described = await rowsOf(`DESCRIBE SELECT * FROM ${file}`)
    expect(described.map(([name, type]) => [name, type])).toEqual([
      ['product', 'VARCHAR'],
      ['time', 'TIMESTAMP'],
      ['label', 'INTEGER'],
      ...Object.keys(result.models).map(name => [name, 'DOUBLE']),
    ])
    const [[joined, all]] = await rowsOf(
      `SELECT count(t.label), count(*) FROM ${file} p LEFT JOIN ${quoted(result.files.test)} t USING (product, time, label)`,
    )
    expect([joined, all]).toEqual([BigInt(result.splits.test.rows), BigInt(result.splits.test.rows)])
  })

  test('leaves an evaluation, a model and a run a model under a parent', () => {
    const { files: _, tracking, ...evaluation } = result
    expect(JSON.parse(readFileSync(result.files.evaluation, 'utf8'))).toEqual(evaluation)
    expect(tracking).toMatchObject({ journalled: 1 + Object.keys(result.models).length, warning: null })
    const journal = join(root, 'mlruns', 'journal')
    const runs = readdirSync(journal).map(id => JSON.parse(readFileSync(join(journal, id, 'run.json'), 'utf8')).record)
    const parent = runs.find(r => r.parent === undefined)
    expect(
      runs
        .filter(r => r.parent === parent.id)
        .map(r => r.name)
        .sort(),
    ).toEqual(Object.keys(result.models).sort())
    const logistic = runs.find(r => r.name === 'logistic')
    expect(logistic.model).toMatchObject({ registered: 'spike60' })
    expect(runs.filter(run => run.model?.alias === 'champion').map(run => run.name)).toEqual(['drawn'])
    expect(chooseModel(join(root, 'models/artifacts'))).toBe(result.files.model)
    expect(result.files.model).toBe(join(root, 'models/artifacts/drawn'))
    expect(logistic.metrics).toContainEqual({ key: 'test/pr_auc', value: result.splits.test.models.logistic.pr_auc })
  })

  test.each(['logistic', 'ridge', 'boosting_regression', 'average', 'drawn'])(
    'the saved %s scores the test file as training did, and as its predictions say',
    async name => {
      const out = join(root, 'inferred.parquet')
      const scored = await infer({ features: result.files.test, model: join(dirname(result.files.model), name), out })
      expect(scored).toMatchObject({ rows: result.splits.test.rows, warning: null })
      const columns = `product, time, label, persistence, zscore, persistence_300s, ewma_120s, ${name}`
      const both = (a: string, b: string) =>
        `SELECT ${columns} FROM ${quoted(a)} EXCEPT SELECT ${columns} FROM ${quoted(b)}`
      expect(await rowsOf(both(out, result.files.predictions))).toEqual([])
      expect(await rowsOf(both(result.files.predictions, out))).toEqual([])
    },
  )
})

describe('what is refused leaves nothing behind', () => {
  async function expectRefused(change: (copy: FeatureTable) => void, keep: Record<string, string>, code: number) {
    const folder = mkdtempSync(join(root, 'refused-'))
    const file = join(folder, 'features.parquet')
    const copy = copyTable(table)
    change(copy)
    await writeFeatures(file, copy, config, { ...metadata, ...keep })
    const { code: found, err } = await run('train.ts', '--features', file, '--out', folder)
    expect({ code: found, files: readdirSync(folder), err }).toMatchObject({ code, files: ['features.parquet'] })
    return err
  }

  test('an altered mid column: exit 3', async () => {
    const err = await expectRefused(
      copy => {
        copy.columns.mid[1000] *= 1.001
      },
      {},
      3,
    )
    expect(err).toMatch(/audit failed, own_columns: return_1s is not what mid says/)
  })

  test('a label shifted into a feature: exit 3', async () => {
    const err = await expectRefused(
      copy => {
        copy.columns.parkinson_300s = table.sigma_future.slice()
      },
      {},
      3,
    )
    expect(err).toMatch(/audit failed, single_feature: parkinson_300s/)
  })

  test('a failed leak test, a stale digest: exit 3, one line each', async () => {
    const err = await expectRefused(() => {}, { 'spike60.perturbation': 'failed', 'spike60.digest': 'stale' }, 3)
    expect(err.match(/^train: .*audit failed/gm)).toHaveLength(2)
  })

  test.each([
    [
      'times shifted by a minute',
      'SELECT * REPLACE (time + INTERVAL 60 SECOND AS time)',
      /audit failed, calendar: (hour_sin|mark_5m_ahead)/,
    ],
    [
      'the label among the features',
      'SELECT * REPLACE ((sigma_future >= 2.5e-5)::DOUBLE AS kyle_300s)',
      /audit failed, (lead|single_feature): .*kyle_300s/,
    ],
    [
      'a feature of a minute later, metadata lost',
      'SELECT * REPLACE (lead(parkinson_300s, 60) OVER (PARTITION BY product ORDER BY time) AS parkinson_300s)',
      /audit failed, own_features: parkinson_300s/,
    ],
  ])('Parquet rewritten by another tool, %s: exit 3', async (_, select, message) => {
    const folder = mkdtempSync(join(root, 'rewritten-'))
    const file = join(folder, 'features.parquet')
    await rowsOf(`COPY (${select} FROM ${quoted(features)}) TO ${quoted(file)} (FORMAT parquet)`)
    const { code, err } = await run('train.ts', '--features', file, '--out', folder)
    expect({ code, files: readdirSync(folder), err }).toMatchObject({ code: 3, files: ['features.parquet'] })
    expect(err).toMatch(message)
  })

  test('a segment that a training wrote: exit 2', async () => {
    const segment = join(mkdtempSync(join(root, 'segment-')), 'segment.parquet')
    copyFileSync(result.files.train, segment)
    const { code, err } = await run('train.ts', '--features', segment, '--out', join(root, 'none'))
    expect(code).toBe(2)
    expect(err).toMatch(/^train: \S+segment.parquet: is the train segment that a training wrote/m)
  })

  test('one class only: exit 2', async () => {
    const flat = (copy: FeatureTable) => {
      copy.columns.return_1s.fill(0)
    }
    expect(await expectRefused(flat, {}, 2)).toMatch(/^train: training holds one class only/m)
  })

  test('an address that MLflow cannot have, and places that cannot be written: refused before the features are read', async () => {
    const folder = mkdtempSync(join(root, 'early-'))
    writeFileSync(join(folder, 'models'), '')
    writeFileSync(join(folder, 'mlruns'), '')
    const told: string[] = []
    const attempt = (out: string, trackingUri?: string) =>
      train({ features, out, config, trackingUri, say: what => told.push(what) })
    await expect(attempt(root, 'sqlite:///mlflow.db')).rejects.toThrow(/^MLFLOW_TRACKING_URI must be like http/)
    await expect(attempt(folder)).rejects.toThrow(/models\/artifacts, where the models go: /)
    rmSync(join(folder, 'models'))
    await expect(attempt(folder)).rejects.toThrow(/mlruns, where the journal goes: is no folder/)
    expect(told).toEqual([])
  })

  test('another spec version: exit 2', async () => {
    expect(await expectRefused(() => {}, { 'spike60.spec_version': '0' }, 2)).toMatch(/features of spec 0/)
  })

  test.each([
    ['no such file', ['--features', 'nowhere.parquet'], /nowhere\.parquet: does not exist/],
    ['an unknown flag', ['--features', 'x', '--fast'], /--fast/],
    ['no features named', [], /--features/],
  ])('%s: exit 2', async (_, args, message) => {
    const { code, err } = await run('train.ts', ...args)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  test('a file that is not Parquet, columns that are missing: exit 2, in training and in inference', async () => {
    const folder = join(root, 'bad')
    mkdirSync(folder)
    const garbage = join(folder, 'garbage.parquet')
    writeFileSync(garbage, 'not parquet')
    const narrow = join(folder, 'narrow.parquet')
    await rowsOf(
      `COPY (SELECT * EXCLUDE (ticks_60s, har_5m) FROM ${quoted(features)}) TO ${quoted(narrow)} (FORMAT parquet)`,
    )
    for (const [job, more] of [
      ['train.ts', ['--out', folder]],
      ['infer.ts', ['--model', join(dirname(result.files.model), 'logistic')]],
    ] as const) {
      expect(await run(job, '--features', garbage, ...more)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/Parquet/),
      })
      const { code, err } = await run(job, '--features', narrow, ...more)
      expect(code).toBe(2)
      expect(err).toMatch(/ticks_60s/)
      expect(err).toMatch(/har_5m/)
    }
    expect(readdirSync(folder).sort()).toEqual(['garbage.parquet', 'narrow.parquet'])
  })
})

describe('inference', () => {
  test('refuses a model of another spec or of other products; rows of a product without tau are left out, with a warning', async () => {
    const folder = join(root, 'other')
    mkdirSync(folder)
    const model = JSON.parse(readFileSync(join(result.files.model, 'model.json'), 'utf8'))
    const file = join(folder, 'model.json')
    writeFileSync(file, JSON.stringify({ ...model, spec_version: '0' }))
    await expect(infer({ features, model: folder })).rejects.toMatchObject({ code: 'BAD_MODEL' })
    writeFileSync(file, JSON.stringify({ ...model, tau: { 'SOL-USD': 1e-5 } }))
    await expect(infer({ features, model: folder })).rejects.toThrow(/knows no tau of ETH-USD/)
    writeFileSync(file, JSON.stringify({ ...model, tau: { 'BTC-USD': 1e-5 } }))
    const out = join(folder, 'scores.parquet')
    const scored = await infer({ features, model: folder, out })
    expect(scored.products).toEqual(['BTC-USD'])
    expect(scored.warning).toMatch(/\d+ rows of ETH-USD are not scored: the model knows no tau of them/)
    await expect(infer({ features, model: join(folder, 'none') })).rejects.toMatchObject({ code: 'BAD_FILE' })
  })

  test('prints its rate and the ratio to real time as JSON', async () => {
    const out = join(root, 'scored.parquet')
    const { code, out: printed } = await run(
      'infer.ts',
      ...['--features', features, '--model', result.files.model, '--out', out, '--json'],
    )
    expect(code).toBe(0)
    const answer = JSON.parse(printed.trim().split('\n').at(-1)!)
    expect(answer.rows).toBe(table.rows)
    expect(answer.times_real_time).toBeGreaterThan(0)
    expect(existsSync(out)).toBe(true)
  })
})
