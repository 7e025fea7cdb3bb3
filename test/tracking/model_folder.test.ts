import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { train } from '../../src/jobs/train/run.ts'
import { loadModel, refuseOtherFiles, replacingNote, saveModel } from '../../src/tracking/model_folder.ts'
import { scorerModel } from '../fixtures/scorer_model.ts'

let folder: string
let model: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-model-'))
  model = join(folder, 'models/artifacts/logistic')
  saveModel(model, scorerModel, new Date(0))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file that somebody laid into a model folder stops the training before it begins, and stays', async () => {
  refuseOtherFiles([model, join(folder, 'none')])
  const notes = join(model, 'notes.md')
  writeFileSync(notes, 'mine')
  const begun = train({ features: join(folder, 'none.parquet'), out: folder, config: readConfig() })
  await expect(begun).rejects.toMatchObject({
    exit: 2,
    faults: [`${notes}: lies in a model folder, which a training replaces whole; move it away`],
  })
  expect(readFileSync(notes, 'utf8')).toBe('mine')
})

test('a model that a killed training left beside its place is read there, and stays there', () => {
  const staged = `${model}.999999999.tmp-0a1b2c3d`
  saveModel(staged, { ...scorerModel, threshold: 0.875 }, new Date(0))
  const note = join(dirname(model), replacingNote)
  const move = { from: 'logistic.999999999.tmp-0a1b2c3d', to: 'logistic' }
  writeFileSync(note, JSON.stringify({ pid: 999_999_999, moves: [move] }))
  for (const path of [model, `${model}/`, join(model, 'model.json')]) expect(loadModel(path).threshold).toBe(0.875)
  rmSync(note)
  expect(loadModel(model).threshold).toBe(scorerModel.threshold)
})

test('a model of somebody else moves nothing: its note is named, not followed', () => {
  const mine = join(folder, 'mine')
  mkdirSync(mine)
  for (const note of [
    join(dirname(model), replacingNote),
    join(folder, 'models', replacingNote),
    join(model, replacingNote),
  ]) {
    writeFileSync(note, JSON.stringify({ pid: 999_999_999, moves: [{ from: '../../../mine', to: '../../x' }] }))
    if (dirname(note) === dirname(model)) expect(() => loadModel(model)).toThrow('is no note that a command of spike60')
    else expect(loadModel(model).threshold).toBe(scorerModel.threshold)
    rmSync(note)
  }
  refuseOtherFiles([mine])
})

test('a model.json that is no file, or far too large, is refused before it is read', () => {
  truncateSync(join(model, 'model.json'), 65 * 2 ** 20)
  expect(() => loadModel(model)).toThrow('model.json: has 68157440 bytes, and at most 67108864 are read')
  rmSync(join(model, 'model.json'))
  mkdirSync(join(model, 'model.json'))
  expect(() => loadModel(model)).toThrow('model.json: is a folder; name one')
})
