import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { driftBody } from '../../src/serve/bodies.ts'
import { driftRoute } from '../../src/serve/drift.ts'
import { View } from '../../src/serve/view.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-drift-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'drift.json')
const side = { name: 'rows', rows: 7200, products: {}, from: '2026-01-05T00:00:00Z', to: '2026-01-05T01:00:00Z' }
const column = (name: string, used_by_model: boolean, score: number, verdict: string) => ({
  ...{ name, used_by_model, shift: 'wider', evidently: { score: 0.2, drifted: true } },
  scale_free: { score, p_adjusted: 0.01, verdict },
})
const report = {
  ...{ format: 'spike60-drift', version: 1, reference: side, current: side },
  advice: { action: 'wait', text: 'Do nothing yet.', why: 'Too few.' },
  dataset: { count: 2, columns: 3, scale_free: { count: 1, undecided: 1 } },
  columns: [column('a', false, 0.9, 'drifted'), column('b', true, 0.1, 'stable'), column('c', true, 0.4, 'undecided')],
}

test('what drift wrote last is told, the columns of the model first; without it, why', () => {
  const route = driftRoute(file)
  const ask = (of = route) => driftBody.strict().parse(of.answer(new View(), null, new URLSearchParams()).body)
  expect(ask(driftRoute(undefined)).reason).toMatch(/nothing watches drift/)
  expect(ask()).toMatchObject({ report: null, reason: expect.stringMatching(/nothing has been compared yet/) })
  const write = (text: string, at: number): void => {
    writeFileSync(file, text)
    utimesSync(file, at, at)
  }
  write(JSON.stringify(report), 1000)
  const { reason, report: told } = ask()
  expect(reason).toBeNull()
  expect(told!.columns.map(({ name }) => name)).toEqual(['c', 'b', 'a'])
  expect(told).toMatchObject({ counted: 3, drifted: 1, undecided: 1, drifted_by_evidently: 2, current: { rows: 7200 } })
  write(JSON.stringify({ ...report, columns: [] }), 2000)
  expect(ask().report!.columns).toEqual([])
  write('{"format":"of somebody else"}', 3000)
  expect(ask().report).toBeNull()
})
