import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assembleReport } from '../../src/monitor/report/drift_report.ts'
import { writeDriftHistory } from '../../src/monitor/write_drift_history.ts'
import { smallProfile, smallSide } from '../fixtures/small_side.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const noise = Array.from({ length: 1200 }, (_, i) => ((i * 37) % 61) / 61)

/** A report of so many hours after the first. */
function writeReport(name: string, hours: number, current: number[]): void {
  const side = smallSide({ x: current }, { seconds: noise.map((_, i) => 3600 * hours + i) })
  const settings = {
    simulated: false,
    modelInputs: ['x'],
    tau: null,
    stream: null,
    limits: {},
    resetSeconds: 900,
    seed: 60,
  }
  const report = assembleReport(smallProfile({ x: noise }), side, { ...settings, title: `<${name}>` })
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(report))
}

test('reports stand in the order of what they judge, with their answer, share and link; what is none is named', async () => {
  writeReport(
    'a_later',
    20,
    noise.map(x => x + 5),
  )
  writeReport('b_first', 10, noise)
  writeFileSync(join(folder, 'other.json'), '{}')
  writeFileSync(join(folder, 'a_later.evidently.json'), '{}')
  const { html, reports, others } = await writeDriftHistory(folder)
  expect(reports.map(({ file, dataset }) => [file, dataset.share])).toEqual([
    ['b_first.json', 0],
    ['a_later.json', 1],
  ])
  expect(others).toEqual(['other.json'])
  const page = readFileSync(html, 'utf8')
  expect(page).toContain('href="./a_later.html"')
  expect(page).toContain('&lt;b_first&gt;')
  expect(page).not.toContain('<b_first>')
  expect(page).toMatch(/ask for a challenger: npx spike60 retrain/)
})

test('a folder without a report is refused, and gets no page', async () => {
  await expect(writeDriftHistory(folder)).rejects.toThrow(/holds no drift report/)
  await expect(writeDriftHistory(join(folder, 'none'))).rejects.toThrow(/is no folder/)
})
