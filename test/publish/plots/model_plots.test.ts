import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { writeModelPlots } from '../../../src/publish/plots/write_plots.ts'
import { readEvaluation } from '../../../src/publish/read_evaluation.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-model-plots-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('each model has its precision and recall; those that give probabilities, whether they are right', async () => {
  const evaluation = readEvaluation(fileURLToPath(new URL('../../../docs/example/evaluation.json', import.meta.url)))
  const written = await writeModelPlots(folder, evaluation)
  const names = Object.fromEntries(
    Object.entries(written).map(([model, files]) => [model, files.map(file => basename(file))]),
  )
  const expected = Object.values(evaluation.models).map(({ name, reliability }) => [
    name,
    ['precision_recall.png', ...(reliability.length > 0 ? ['reliability.png'] : [])],
  ])
  expect(names).toEqual(Object.fromEntries(expected))
  expect(names).toMatchObject({
    zscore: ['precision_recall.png'],
    average: ['precision_recall.png', 'reliability.png'],
  })
  const pictures = Object.values(written)
    .flat()
    .map(file => readFileSync(file).toString('base64'))
  expect(new Set(pictures).size).toBe(pictures.length)
})
