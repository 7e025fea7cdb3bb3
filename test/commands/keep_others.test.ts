import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { assignmentCommand } from '../../src/commands/assignment.ts'
import { backfillCommand } from '../../src/commands/backfill.ts'
import { demoCommand } from '../../src/commands/demo.ts'
import { driftCommand } from '../../src/commands/drift.ts'
import { equitiesCommand } from '../../src/commands/equities.ts'
import { featurizeCommand } from '../../src/commands/featurize.ts'
import { handoffCommand } from '../../src/commands/handoff.ts'
import { inferCommand } from '../../src/commands/infer.ts'
import { mlflowCommand } from '../../src/commands/mlflow.ts'
import { newsCommand } from '../../src/commands/news.ts'
import { notebookCommand } from '../../src/commands/notebook.ts'
import { replayCommand } from '../../src/commands/replay.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { retrainCommand } from '../../src/commands/retrain.ts'
import { sentimentCommand } from '../../src/commands/sentiment.ts'
import { signalsCommand } from '../../src/commands/signals.ts'
import { startCommand } from '../../src/commands/start.ts'
import { storeCommand } from '../../src/commands/store.ts'
import { trainCommand } from '../../src/commands/train.ts'
import { windowsCommand } from '../../src/commands/windows.ts'
import { exampleEvaluation } from '../fixtures/example_evaluation.ts'

const project = join(import.meta.dirname, '../..')

let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-others-'))
  said = []
  process.stdout.setMaxListeners(0)
  vi.spyOn(console, 'error').mockImplementation(line => said.push(String(line)))
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
  rmSync(folder, { recursive: true })
})

type Command = (argv?: string[]) => Promise<void>
/** A file of somebody else where the command would write, or in the folder into which it would; arguments that lead there. */
type Case = [name: string, command: Command, place: string, args: string[]]

const model = 'm/logistic/model.json'
const cases: Case[] = [
  ['assignment --zip', assignmentCommand, 'a.zip', ['--zip', 'a.zip']],
  ['backfill', backfillCommand, 'w/theirs', ['--raw', 'raw', '--out', 'w']],
  ['backfill --archive', backfillCommand, 'w/theirs', ['--raw', 'raw', '--out', 'new', '--archive', 'w']],
  ['demo, rows', demoCommand, 'o/data/processed/features.parquet', ['--raw', 'raw', '--out', 'o']],
  ['demo, rows as they came', demoCommand, 'o/data/processed/features_live.parquet', ['--raw', 'raw', '--out', 'o']],
  ['demo, the evaluation', demoCommand, 'o/models/artifacts/evaluation.json', ['--raw', 'raw', '--out', 'o']],
  ['demo, a model', demoCommand, 'o/models/artifacts/ridge/notes.txt', ['--raw', 'raw', '--out', 'o']],
  ['demo, the PDF', demoCommand, 'o/reports/model_eval.pdf', ['--raw', 'raw', '--out', 'o']],
  ['demo, the card', demoCommand, 'o/reports/model_card_v1.md', ['--raw', 'raw', '--out', 'o']],
  ['demo, the exploration', demoCommand, 'o/reports/exploration.json', ['--raw', 'raw', '--out', 'o']],
  ['demo, a drift report', demoCommand, 'o/reports/evidently/early_vs_late.json', ['--raw', 'raw', '--out', 'o']],
  ['demo, a drift page', demoCommand, 'o/reports/evidently/train_vs_test.html', ['--raw', 'raw', '--out', 'o']],
  ['demo, the hand-off', demoCommand, 'o/handoff/notes.txt', ['--raw', 'raw', '--out', 'o']],
  ['drift', driftCommand, 'd/n.name.html', ['--reference', 'a', '--current', 'b', '--out', 'd', '--name', 'n.name']],
  [
    'drift, its JSON',
    driftCommand,
    'd/n.name.json',
    ['--reference', 'a', '--current', 'b', '--out', 'd', '--name', 'n.name'],
  ],
  [
    'drift --evidently',
    driftCommand,
    'd/n.name.evidently.html',
    ['--reference', 'a', '--current', 'b', '--out', 'd', '--name', 'n.name', '--evidently'],
  ],
  ['drift --history', driftCommand, 'd/history.html', ['--history', 'd']],
  ['drift --save-profile', driftCommand, 'p', ['--reference', 'a', '--save-profile', 'p']],
  ['equities', equitiesCommand, 'e', ['--raw', 'raw', '--out', 'e']],
  ['featurize', featurizeCommand, 'f', ['--topics', 'embedded://t.db', '--parquet', 'f']],
  ['handoff', handoffCommand, 'h/notes.txt', ['--run', 'run', '--raw', 'raw', '--out', 'h']],
  ['infer', inferCommand, 's', ['--features', 'a', '--model', 'm/logistic', '--out', 's']],
  ['infer, beside the features', inferCommand, 'scores.parquet', ['--features', 'a', '--model', 'm/logistic']],
  ['mlflow', mlflowCommand, 's/notes.txt', ['--store', 's', '--journal', 'none']],
  ['news', newsCommand, 'n', ['--zscores', 'a', '--news', 'b', '--out', 'n']],
  ['notebook', notebookCommand, 'n/eda.ipynb', ['--features', 'a', '--out', 'n']],
  ['notebook, its page', notebookCommand, 'n/eda.html', ['--features', 'a', '--out', 'n']],
  ['replay', replayCommand, 'r', ['--raw', 'raw', '--out', 'r']],
  ['replay, dead letters', replayCommand, 'r.dead.ndjson', ['--raw', 'raw', '--out', 'r.parquet']],
  ['report', reportCommand, 'run/reports/model_eval.pdf', ['--run', 'run']],
  ['report, the card', reportCommand, 'run/reports/model_card_v1.md', ['--run', 'run']],
  ['report, the exploration', reportCommand, 'run/reports/exploration.json', ['--run', 'run']],
  ['retrain, a segment', retrainCommand, 'features_test.parquet', ['--features', 'a', '--out', 'o']],
  ['retrain, the evaluation', retrainCommand, 'o/models/artifacts/evaluation.json', ['--features', 'a', '--out', 'o']],
  ['retrain, a model', retrainCommand, 'o/models/artifacts/ridge/notes.txt', ['--features', 'a', '--out', 'o']],
  ['retrain, the former champion', retrainCommand, 'o/models/former/notes.txt', ['--features', 'a', '--out', 'o']],
  ['retrain --rollback', retrainCommand, 'o/models/former/notes.txt', ['--rollback', '--out', 'o']],
  ['sentiment', sentimentCommand, 's', ['--texts', 'a', '--out', 's']],
  ['signals', signalsCommand, 's', ['--klines', 'raw', '--out', 's']],
  ['signals --report, the page', signalsCommand, 'r/signals.pdf', ['--klines', 'raw', '--report', 'r']],
  ['signals --report, a plot', signalsCommand, 'r/price.png', ['--klines', 'raw', '--report', 'r']],
  ['start', startCommand, 'd/notes.txt', ['--out', 'd']],
  ['start, a folder of something else', startCommand, 'd/logs/theirs.log', ['--out', 'd']],
  ['start, a file of that name', startCommand, 'd/parts.json', ['--out', 'd']],
  ['store', storeCommand, 's.db', ['--store', 'sqlite:s.db', '--topics', 'embedded://full.db']],
  ['store --export, CSV', storeCommand, 's.csv', ['--store', 'sqlite:none.db', '--export', 's.csv']],
  ['store --export, Parquet', storeCommand, 's.parquet', ['--store', 'sqlite:none.db', '--export', 's.parquet']],
  ['train, a segment', trainCommand, 'features_test.parquet', ['--features', 'a', '--out', 'o']],
  ['train, predictions', trainCommand, 'predictions.parquet', ['--features', 'a', '--out', 'o']],
  ['train, the evaluation', trainCommand, 'o/models/artifacts/evaluation.json', ['--features', 'a', '--out', 'o']],
  ['train, a model', trainCommand, 'o/models/artifacts/ridge/notes.txt', ['--features', 'a', '--out', 'o']],
  ['train --full', trainCommand, 'o/reports/walk_forward.json', ['--full', '--captures', 'c', '--out', 'o']],
  ['train --full, the text', trainCommand, 'o/reports/walk_forward.txt', ['--full', '--captures', 'c', '--out', 'o']],
  ['windows', windowsCommand, 'w', ['--raw', 'raw', '--out', 'w']],
]

const inFolder = (arg: string): string => {
  const [, scheme, path] = /^(embedded:\/\/|sqlite:)(.*)$/.exec(arg) ?? ['', '', arg]
  return arg.startsWith('--') || arg === 'n.name' ? arg : `${scheme}${join(folder, path)}`
}

/** Inputs of every kind, so far as they are looked at before what would be replaced. */
function makeInputs(): void {
  const { source, ...rest } = exampleEvaluation()
  const run = { ...rest, source: { ...source, file: 'data/processed/features.parquet' } }
  const files: Record<string, string> = {
    ...{ raw: 'raw', a: 'a', b: 'b', [model]: '{}', 'c/a.ndjson': 'raw' },
    'run/models/artifacts/evaluation.json': JSON.stringify(run),
    'run/data/processed/features.parquet': '',
    'run/data/processed/features_test.parquet': 'test',
  }
  for (const [path, text] of Object.entries(files)) put(path, text)
}

function put(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const everything = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort()

test.each(cases)('%s replaces nothing of somebody else, and makes nothing before it says so', async (...one) => {
  const [, command, place, args] = one
  makeInputs()
  put(place, 'theirs')
  const before = everything()
  await command(['node', 'x', ...args.map(inFolder)])
  expect(said, said.join('\n')).toHaveLength(1)
  expect(said[0]).toContain(join(folder, place.replace(/\/(theirs|notes\.txt|logs\/.*|parts\.json)$/, '')))
  expect(said[0]).toMatch(
    /is no file of |lies in a model folder|is there already|holds something else|is of no hand-off/,
  )
  expect(process.exitCode).toBe(2)
  expect(readFileSync(join(folder, place), 'utf8')).toBe('theirs')
  expect(everything()).toEqual(before)
})

const unwritable = '/proc/nothing'
/** Where an option names the place: the same with one that cannot be made. */
const elsewhere = cases.flatMap(([name, command, place, args]): [string, Command, string[]][] => {
  const named = args.findIndex(
    arg => !arg.startsWith('--') && (place === arg || place.startsWith(`${arg}/`) || arg === `sqlite:${place}`),
  )
  if (named < 0 || /^(report|drift --history)/.test(name)) return []
  return [[name, command, args.map((arg, i) => (i === named ? arg.replace(/[^:]+$/, unwritable) : arg))]]
})

test.skipIf(process.platform !== 'linux').each(elsewhere)(
  '%s says before any work that its place cannot be written',
  async (_, command, args) => {
    makeInputs()
    const before = everything()
    await command(['node', 'x', ...args.map(arg => (arg.endsWith(unwritable) ? arg : inFolder(arg)))])
    expect(said, said.join('\n')).toHaveLength(1)
    expect(said[0]).toMatch(/\/proc\/nothing.* cannot be (written|made)/)
    expect(process.exitCode).toBe(2)
    expect(everything()).toEqual(before)
  },
)

/** Commands that replace no file: they write to the terminal, to topics, to a registry, to files of new names (`ingest`). */
const withoutFiles = [
  'alerts',
  'archive',
  'check',
  'feed',
  'health',
  'ingest',
  'redrive',
  'schemas',
  'serve',
  'settle',
  'simulate',
  'trend',
]

test('the table names every command that writes files', () => {
  const text = readFileSync(join(project, 'src/commands/spike60.ts'), 'utf8')
  const commands = [...text.matchAll(/^ {4}(\w+): \[/gm)].map(([, name]) => name)
  const named = cases.map(([name]) => name.replace(/[, ].*/, ''))
  expect([...new Set([...named, ...withoutFiles])].sort()).toEqual(commands.sort())
})
