import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeEvaluation } from '../../../src/core/models/judge/evaluation.ts'
import { findChampion, findFormer, promote, rollBack } from '../../../src/jobs/train/champion.ts'
import { besideFeatures, runPaths } from '../../../src/run_paths.ts'
import { writeTable } from '../../../src/stores/parquet.ts'
import { saveModel } from '../../../src/tracking/model_folder.ts'
import { linearArtifact, volatilityArtifact } from '../../fixtures/artifacts.ts'
import { exampleEvaluation } from '../../fixtures/example_evaluation.ts'
import { syntheticTable } from '../../fixtures/synthetic_features.ts'

let root: string
let out: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spike60-champion-'))
  out = join(root, 'run')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const features = (folder: string) => join(folder, runPaths.features)

/** What a training leaves, told apart by the threshold of its models and by the length of its tables. */
async function training(folder: string, file: string, source: string, threshold: number): Promise<void> {
  for (const artifact of [linearArtifact, volatilityArtifact])
    saveModel(join(folder, runPaths.models, artifact.name), { ...artifact, threshold }, new Date(0))
  const evaluation = { ...exampleEvaluation(), base: 'average' }
  writeFileSync(
    join(folder, runPaths.evaluation),
    encodeEvaluation({ ...evaluation, source: { ...evaluation.source, file: source } }),
  )
  mkdirSync(dirname(file), { recursive: true })
  const { scores: _, ...tables } = besideFeatures(file)
  const rows = syntheticTable(20 + Math.round(threshold * 100), 1, ['A'])
  for (const path of Object.values(tables)) await writeTable(path, rows, { 'spike60.digest': String(threshold) })
}

/** Every file below a folder, with its bytes. */
function bytesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort()
  const files = names.filter(name => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name)).toString('base64')]))
}

const former = ([name]: [string, string]) => name.startsWith(runPaths.former)
const without = (files: Record<string, string>) => Object.fromEntries(Object.entries(files).filter(one => !former(one)))

async function twoTrainings(): Promise<void> {
  await training(out, features(out), runPaths.features, 0.3)
  const challenger = join(root, 'challenger')
  await training(challenger, join(challenger, 'features.parquet'), runPaths.features, 0.6)
}

test('a rollback restores each byte of the former champion; a second one brings the challenger back', async () => {
  await twoTrainings()
  const before = bytesBelow(out)
  await promote(out, features(out), join(root, 'challenger'))
  expect((await findChampion(out)).artifact.threshold).toBe(0.6)
  expect(findFormer(out).artifact.threshold).toBe(0.3)
  const moved = bytesBelow(out)
  expect(Object.values(without(moved))).not.toEqual(Object.values(before))
  await rollBack(out)
  expect(without(bytesBelow(out))).toEqual(before)
  await rollBack(out)
  expect(bytesBelow(out)).toEqual(moved)
})

test('tables in a folder that the challenger does not write to stay where they are, both ways', async () => {
  await twoTrainings()
  const before = bytesBelow(out)
  const elsewhere = join(root, 'elsewhere', 'features.parquet')
  const challenger = join(root, 'challenger')
  await training(challenger, join(challenger, 'features.parquet'), '../elsewhere/features.parquet', 0.6)
  mkdirSync(dirname(elsewhere))
  await promote(out, elsewhere, challenger)
  const beside = bytesBelow(dirname(elsewhere))
  expect(Object.keys(beside)).toHaveLength(4)
  await rollBack(out)
  expect(without(bytesBelow(out))).toEqual(before)
  expect(bytesBelow(dirname(elsewhere))).toEqual(beside)
  await rollBack(out)
  expect((await findChampion(out)).artifact.threshold).toBe(0.6)
})

test('a move that was killed half-way is ended by the next command, with the former champion kept', async () => {
  await twoTrainings()
  const whole = join(root, 'whole')
  cpSync(out, whole, { recursive: true })
  await promote(whole, features(whole), join(root, 'challenger'))
  // As it stands after the note was written and before anything was moved; no process has this number.
  const pid = 2 ** 22 + 1
  const staged = `.${pid}.tmp-00000000`
  const moves = ['evaluation.json', 'average', 'logistic', '../former'].map(to => ({ from: `${to}${staged}`, to }))
  const models = join(out, runPaths.models)
  for (const { from, to } of moves) cpSync(join(whole, runPaths.models, to), join(models, from), { recursive: true })
  writeFileSync(join(models, 'replacing.json'), JSON.stringify({ pid, moves }))
  expect((await findChampion(out)).artifact.threshold).toBe(0.6)
  expect(findFormer(out).artifact.threshold).toBe(0.3)
  expect(readdirSync(models).sort()).toEqual(['average', 'evaluation.json', 'logistic'])
})

test('without a champion, or a former one, it says so; a folder of somebody else is not replaced', async () => {
  mkdirSync(out)
  await expect(findChampion(out)).rejects.toThrow(/holds no models of a training; train first/)
  await twoTrainings()
  await expect(rollBack(out)).rejects.toThrow(/keeps no former champion/)
  mkdirSync(join(out, runPaths.former))
  writeFileSync(join(out, runPaths.former, 'notes.txt'), 'theirs')
  await expect(findChampion(out)).rejects.toThrow(/holds something else than a former champion/)
})
