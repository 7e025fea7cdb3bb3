import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chooseModel } from '../../src/tracking/base_model.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-base-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a model folder or its file means itself; the folder of a training means its base, of a former one the logistic model', () => {
  const model = join(folder, 'average')
  mkdirSync(model)
  writeFileSync(join(model, 'model.json'), '{}')
  expect(chooseModel(model)).toBe(model)
  expect(chooseModel(join(model, 'model.json'))).toBe(join(model, 'model.json'))
  expect(() => chooseModel(folder)).toThrow(/holds no models of a training; train first/)
  writeFileSync(join(folder, 'evaluation.json'), '{"version":2,"base":"average"}')
  expect(chooseModel(folder)).toBe(model)
  mkdirSync(join(folder, 'logistic'))
  for (const former of ['{"version":1}', '{"base":"../../elsewhere"}', 'no JSON']) {
    writeFileSync(join(folder, 'evaluation.json'), former)
    expect(chooseModel(folder)).toBe(join(folder, 'logistic'))
  }
  rmSync(join(folder, 'evaluation.json'))
  expect(chooseModel(folder)).toBe(join(folder, 'logistic'))
})
