import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rubric } from '../../src/commands/assignment/rubric.ts'
import { makeRunFolder } from '../fixtures/run_folder.ts'

const script = fileURLToPath(new URL('../../scripts/assignment.ts', import.meta.url))
const run = (...options: string[]) => spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-assignment-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the rubric has its hundred points, and each command that mends something is one that there is', () => {
  expect(rubric.reduce((sum, { points }) => sum + points, 0)).toBe(100)
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  for (const { mend } of rubric.flatMap(({ items }) => items))
    expect([...Object.keys(scripts).map(name => `npm run ${name}`), 'git checkout', 'vi docs/']).toContainEqual(
      expect.toSatisfy((start: string) => mend === start || mend.startsWith(`${start} `) || mend.startsWith(start)),
    )
})

test('a folder without a run lacks all but what comes with the project, says what brings each, and ends with exit 1', () => {
  const { status, stdout, stderr } = run('--run', folder)
  expect(status).toBe(1)
  expect(stdout).toMatch(/✘ Ticks on ticks\.raw.*\n {6}npm run ingest/)
  expect(stdout).toMatch(/✔ Ingestor in a container: docker\/Dockerfile\.ingestor/)
  expect(stderr).toMatch(/^assignment: \d+ of \d+ are missing; next: npm run ingest -- --pair BTC-USD --minutes 15\n$/)
  expect(readdirSync(folder)).toEqual([])
})

test('a run is told from the files that it has; a zip has the names of the assignment and never takes the place of a file', async () => {
  await makeRunFolder(folder, 11)
  const zip = join(folder, 'hand-in.zip')
  const { status, stdout } = run('--run', folder, '--zip', zip, '--json')
  expect(status).toBe(1)
  const { items, done, of } = JSON.parse(stdout) as {
    items: { name: string; done: boolean }[]
    done: number
    of: number
  }
  expect({ of, done }).toEqual({ of: items.length, done: items.filter(item => item.done).length })
  const isDone = (start: string) => items.find(({ name }) => name.startsWith(start))?.done
  expect(['Raw data', 'Feature file', 'Model card', 'Evaluation report', 'PR-AUC'].map(isDone)).toEqual(
    Array(5).fill(true),
  )
  expect(['Ticks', 'Replay', 'Hand-off', 'MLflow'].map(isDone)).toEqual(Array(4).fill(false))
  const packed = unzipSync(readFileSync(zip))
  for (const name of ['docs/model_card_v1.md', 'reports/model_eval.pdf', 'scripts/ws_ingest.ts', 'docker/compose.yaml'])
    expect(Object.keys(packed)).toContain(`spike60/${name}`)
  expect(Buffer.from(packed['spike60/docs/model_card_v1.md']).toString()).toBe('# Model card')

  const precious = join(folder, 'thesis.zip')
  writeFileSync(precious, 'years of work')
  const refused = run('--run', folder, '--zip', precious)
  expect(refused).toMatchObject({ status: 2, stdout: '' })
  expect(refused.stderr).toMatch(/^assignment: --zip .*thesis\.zip: is there already; .*\n$/)
  expect(readFileSync(precious, 'utf8')).toBe('years of work')
})
