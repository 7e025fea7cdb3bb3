import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { retrainCommand } from '../../src/commands/retrain.ts'
import { projectConfig, readConfig } from '../../src/config.ts'
import { takeRows } from '../../src/core/features/table.ts'
import { scoreRows } from '../../src/core/models/artifact/score.ts'
import { encodeSettled } from '../../src/core/models/artifact/settled_json.ts'
import { writeFeatures } from '../../src/jobs/featurize/sink.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { train } from '../../src/jobs/train/run.ts'
import { deskPaths, runPaths } from '../../src/run_paths.ts'
import { openStreams } from '../../src/streams/open.ts'
import { readJournal } from '../../src/tracking/journal.ts'
import { loadModel } from '../../src/tracking/model_folder.ts'
import { bronzeLinesOf } from '../fixtures/captures.ts'
import { twoHours } from '../fixtures/simulated_captures.ts'
import { syntheticTable } from '../fixtures/synthetic_features.ts'

/** A simulated market of two products: the champion has seen its first part. */
const [seconds, known] = [8000, 3000]
const out = mkdtempSync(join(tmpdir(), 'spike60-retrain-'))
const features = join(out, 'data', 'features.parquet')
const metadata = { 'spike60.simulated': 'true', 'spike60.perturbation': 'passed' }
// More of the market is a spike, so that a short stretch can decide; and no walk-forward.
const configFile = join(out, 'config.yaml')
writeFileSync(
  configFile,
  readFileSync(projectConfig, 'utf8')
    .replace('percentile: 90', 'percentile: 75')
    .replace(/most_rows: \d+/, 'most_rows: 0'),
)
const config = readConfig(configFile)

async function record(until: number): Promise<void> {
  const table = syntheticTable(seconds, 73)
  const end = table.time[0] + until * 1e6
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(row => table.time[row] < end)
  await writeFeatures(features, takeRows(table, rows), config, metadata)
}

let said: string[]
let printed: string[]
beforeEach(() => {
  said = []
  printed = []
  vi.spyOn(console, 'error').mockImplementation(line => said.push(String(line)))
  vi.spyOn(console, 'log').mockImplementation(line => printed.push(String(line)))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})
beforeAll(async () => {
  mkdirSync(join(out, 'data'))
  await record(known)
  await train({ features, out, config })
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const retrain = (...args: string[]) => retrainCommand(['node', 'x', ...args, '--config', configFile, '--out', out])
const files = (): Record<string, string> => {
  const names = readdirSync(out, { recursive: true }).map(String).sort()
  const kept = names.filter(name => !/^(mlruns|own|raw|streams)/.test(name) && statSync(join(out, name)).isFile())
  return Object.fromEntries(kept.map(name => [name, readFileSync(join(out, name)).toString('base64')]))
}

const topics = `embedded://${join(out, 'streams.db')}`

/** Runs whose model the registry's alias moves to, in order. */
const aliases = () =>
  readJournal(join(out, runPaths.journal)).entries.flatMap(({ record }) => (record.model?.alias ? [record.name] : []))

test('what was recorded before the champion was trained says nothing of a challenger', async () => {
  const before = files()
  await retrain('--features', features)
  expect(said).toEqual([
    expect.stringMatching(/^retrain: .*features\.parquet: has no labelled row after .*; record longer/),
  ])
  await retrain('--rollback')
  expect(said[1]).toMatch(/keeps no former champion/)
  await retrain()
  expect(said[2]).toMatch(/name either --raw FILE… or --features FILE/)
  expect(files()).toEqual(before)
})

test('a better challenger moves the champion, and a rollback brings back every byte', async () => {
  await record(seconds)
  const path = join(out, runPaths.models, 'drawn/model.json')
  const own = readFileSync(path, 'utf8')
  const champion = JSON.parse(own)
  // It says the opposite of what it has learnt.
  champion.linear.weights = champion.linear.weights.map((weight: number) => -weight)
  for (const tree of champion.trees.trees) tree.value = tree.value.map((value: number) => -value)
  writeFileSync(path, JSON.stringify(champion))
  const before = files()
  const desk = join(out, deskPaths.champion)
  writeFileSync(desk, '{}')
  await retrain('--features', features, '--json')
  expect(said).toEqual([])
  const moved = JSON.parse(printed.at(-1)!)
  expect(moved.bar).toMatchObject({ look: 1, level: 97.5 })
  expect(moved).toMatchObject({ moves: true, former: join(out, runPaths.former) })
  expect(moved.difference.low).toBeGreaterThan(0)
  expect(loadModel(join(out, runPaths.models, 'drawn')).trained_on).toEqual(moved.challenger.trained_on)
  expect(loadModel(join(out, runPaths.former, 'drawn')).trained_on).toEqual(moved.champion.trained_on)
  // What npm start shows of its champion goes with it.
  const { name, trained_until } = JSON.parse(readFileSync(desk, 'utf8'))
  expect([name, trained_until * 1000]).toEqual(['drawn', Date.parse(moved.recorded_until)])
  await retrain('--rollback', '--json')
  rmSync(desk)
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ champion: moved.champion, former: moved.challenger })
  const after = Object.entries(files()).filter(([name]) => !name.startsWith(runPaths.former))
  expect(Object.fromEntries(after)).toEqual(before)
  expect(aliases()).toEqual(['drawn', 'drawn', 'rollback'])
  writeFileSync(path, own)
})

test('champion and challenger are judged on the same unseen rows; one that is no better moves nothing', async () => {
  const before = files()
  await retrain('--features', features, '--json')
  expect(said).toEqual([])
  const { moves, why, difference, segment, pr_auc, champion, challenger } = JSON.parse(printed.at(-1)!)
  for (const { trained_on } of [champion, challenger])
    expect(Date.parse(segment.from)).toBeGreaterThan(Date.parse(trained_on.to) + 120_000)
  expect(difference.value).toBeCloseTo(pr_auc.challenger - pr_auc.champion, 12)
  expect(segment.degenerate).toBeNull()
  expect(difference.low).toBeLessThan(0)
  expect(moves).toBe(false)
  expect(printed[0]).toContain('SIMULATED')
  expect(printed[0].replaceAll(/\s+/g, ' ')).toContain(`The champion stays: ${why}`)
  expect(files()).toEqual(before)
  expect(aliases()).toEqual(['drawn', 'drawn', 'rollback'])
})

test('live, the champion stands by what settle has scored of it; another look at the stretch is surer of itself', async () => {
  const champion = loadModel(join(out, runPaths.models, 'drawn'))
  const table = syntheticTable(seconds, 73)
  const scores = scoreRows(champion, table)
  const streams = await openStreams(topics)
  await streams.createTopics([{ name: 'ticks.settled', partitions: 1 }])
  const writer = await streams.writer('settle')
  const records = Array.from({ length: table.rows }, (_, row) => {
    const [product, time, sigma] = [table.product[row], table.time[row], table.sigma_future[row]]
    const said = { product, time, model: champion.name, alarm: false, tau: champion.tau[product] }
    const spoken = { ...said, probability: scores[row], trained_until: champion.trained_on.to }
    return {
      topic: 'ticks.settled',
      partition: 0,
      key: product,
      value: encodeSettled(spoken, Number.isNaN(sigma) ? null : sigma),
    }
  })
  await writer.commit({ records })
  await writer.close()
  await streams.close()
  await retrain('--features', features, '--json', '--topics', topics)
  expect(said).toEqual([])
  const { live, segment, bar } = JSON.parse(printed.at(-1)!)
  expect(live.segment).toMatchObject({ rows: segment.rows, degenerate: null })
  expect(live.pr_auc.champion).toBeGreaterThan(live.segment.prevalence)
  // The pair of before, so the look of before.
  expect(bar.look).toBe(2)
  await retrain('--features', features, '--topics', `embedded://${join(out, 'none.db')}`)
  expect(said).toEqual([expect.stringMatching(/none\.db/)])
})

test('raw data is replayed to rows, which go with a challenger that has lost', async () => {
  const own = join(out, 'own')
  const lines = (await bronzeLinesOf(twoHours())).filter(line => line !== '')
  const raw = join(out, 'raw.ndjson')
  const first = join(own, runPaths.features)
  writeFileSync(raw, lines.slice(0, Math.floor(lines.length / 2)).join('\n'))
  await replay({ raw: [raw], out: first, config })
  await train({ features: first, out: own, config })
  writeFileSync(raw, lines.join('\n'))
  const before = readdirSync(join(own, 'data/processed'))
  await retrainCommand(['node', 'x', '--raw', raw, '--config', configFile, '--out', own, '--json'])
  expect(said).toEqual([])
  const { moves, features: kept, segment } = JSON.parse(printed.at(-1)!)
  expect(segment.rows).toBeGreaterThan(300)
  expect({ moves, kept }).toEqual(
    moves ? { moves, kept: join(own, 'data/processed/recorded-1.parquet') } : { moves, kept: null },
  )
  expect(readdirSync(join(own, 'data/processed'))).toEqual(moves ? [...before, 'recorded-1.parquet'].sort() : before)
})
