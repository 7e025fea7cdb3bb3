import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { backfillCommand } from '../../src/commands/backfill.ts'
import { demoCommand } from '../../src/commands/demo.ts'
import { driftCommand } from '../../src/commands/drift.ts'
import { equitiesCommand } from '../../src/commands/equities.ts'
import { featurizeCommand } from '../../src/commands/featurize.ts'
import { handoffCommand } from '../../src/commands/handoff.ts'
import { inferCommand } from '../../src/commands/infer.ts'
import { newsCommand } from '../../src/commands/news.ts'
import { notebookCommand } from '../../src/commands/notebook.ts'
import { replayCommand } from '../../src/commands/replay.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { retrainCommand } from '../../src/commands/retrain.ts'
import { sentimentCommand } from '../../src/commands/sentiment.ts'
import { signalsCommand } from '../../src/commands/signals.ts'
import { storeCommand } from '../../src/commands/store.ts'
import { trainCommand } from '../../src/commands/train.ts'
import { windowsCommand } from '../../src/commands/windows.ts'
import { exampleEvaluation } from '../fixtures/example_evaluation.ts'

const project = join(import.meta.dirname, '../..')

let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-keep-'))
  said = []
  process.stdout.setMaxListeners(0)
  vi.spyOn(console, 'error').mockImplementation(line => said.push(String(line)))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
  rmSync(folder, { recursive: true })
})

type Command = (argv?: string[]) => Promise<void>
/** Files of the folder that are there before, and the arguments; the first file is the one that must stay. */
type Case = [name: string, command: Command, files: string[], args: string[]]

const model = 'm/logistic/model.json'
const cases: Case[] = [
  ['replay, raw data', replayCommand, ['a.ndjson'], ['--raw', 'a.ndjson', '--out', 'a.ndjson']],
  ['replay, its dead letters', replayCommand, ['a.dead.ndjson'], ['--raw', 'a.dead.ndjson', '--out', 'a.parquet']],
  ['replay, the second of several', replayCommand, ['b', 'a'], ['--raw', 'a', 'b', '--out', './x/../b']],
  [
    'replay, the config',
    replayCommand,
    ['config.yaml', 'a'],
    ['--raw', 'a', '--config', 'config.yaml', '--out', 'config.yaml'],
  ],
  [
    'infer, features',
    inferCommand,
    ['f.parquet', model],
    ['--features', 'f.parquet', '--model', 'm/logistic', '--out', 'f.parquet'],
  ],
  [
    'infer, its own place',
    inferCommand,
    ['scores.parquet', model],
    ['--features', 'scores.parquet', '--model', 'm/logistic'],
  ],
  ['infer, the model', inferCommand, [model, 'f'], ['--features', 'f', '--model', 'm/logistic', '--out', model]],
  ['drift, a stored profile', driftCommand, ['r'], ['--reference', 'r', '--save-profile', 'r']],
  [
    'drift, a report',
    driftCommand,
    ['d/n.json', 'r'],
    ['--reference', 'r', '--current', 'd/n.json', '--out', 'd', '--name', 'n'],
  ],
  ['drift, one of several profiles', driftCommand, ['b', 'a'], ['--profile', 'a', 'b', '--save-profile', 'b']],
  [
    'train, a segment',
    trainCommand,
    ['features_train.parquet'],
    ['--features', 'features_train.parquet', '--out', '.'],
  ],
  ['train, predictions', trainCommand, ['predictions.parquet'], ['--features', 'predictions.parquet', '--out', '.']],
  [
    'train, in the folder of models',
    trainCommand,
    ['models/artifacts/trees/f'],
    ['--features', 'models/artifacts/trees/f', '--out', '.'],
  ],
  [
    'retrain, a segment',
    retrainCommand,
    ['features_test.parquet'],
    ['--features', 'features_test.parquet', '--out', '.'],
  ],
  [
    'retrain, the former champion',
    retrainCommand,
    ['models/former/f.parquet'],
    ['--features', 'models/former/f.parquet', '--out', '.'],
  ],
  ['train --full', trainCommand, ['reports/walk_forward.json'], ['--full', '--captures', 'reports', '--out', '.']],
  [
    'train --full --judge',
    trainCommand,
    ['reports/judgements.ndjson'],
    ['--full', '--captures', 'a', '--judge', 'reports', '--out', '.'],
  ],
  ['featurize, its log', featurizeCommand, ['t.db'], ['--topics', 'embedded://t.db', '--parquet', 't.db']],
  [
    'featurize, what SQLite keeps beside it',
    featurizeCommand,
    ['t.db-wal', 't.db'],
    ['--topics', 'embedded://t.db', '--parquet', 't.db-wal'],
  ],
  [
    'handoff, raw data in the folder',
    handoffCommand,
    ['h/raw.ndjson'],
    ['--run', 'r', '--raw', 'h/raw.ndjson', '--out', 'h'],
  ],
  [
    'handoff, the run in the folder',
    handoffCommand,
    ['h/models/artifacts/x', 'a'],
    ['--run', 'h', '--raw', 'a', '--out', 'h'],
  ],
  ['notebook, features', notebookCommand, ['eda.html'], ['--features', 'eda.html', '--out', '.']],
  ['windows', windowsCommand, ['raw'], ['--raw', 'raw', '--out', 'raw']],
  [
    'windows, the config',
    windowsCommand,
    ['config.yaml', 'raw'],
    ['--raw', 'raw', '--config', 'config.yaml', '--out', 'config.yaml'],
  ],
  ['equities', equitiesCommand, ['b', 'raw'], ['--raw', 'raw', 'b', '--out', 'b']],
  ['signals', signalsCommand, ['k'], ['--klines', 'k', '--out', 'k']],
  ['signals, predictions', signalsCommand, ['p', 'k'], ['--klines', 'k', '--spikes', 'p', '--out', 'p']],
  ['signals --report', signalsCommand, ['r/signals.pdf'], ['--klines', 'r/signals.pdf', '--report', 'r']],
  [
    'signals --report, a plot',
    signalsCommand,
    ['r/rsi.png', 'k'],
    ['--klines', 'k', '--spikes', 'r/rsi.png', '--report', 'r'],
  ],
  ['news', newsCommand, ['a', 'z'], ['--zscores', 'z', '--news', 'a', '--out', 'a']],
  ['sentiment', sentimentCommand, ['t'], ['--texts', 't', '--out', 't']],
  ['backfill', backfillCommand, ['b/raw'], ['--raw', 'b/raw', '--out', 'b']],
  ['backfill --archive', backfillCommand, ['b/raw'], ['--raw', 'b/raw', '--out', 'new', '--archive', 'b']],
  ['store, its log', storeCommand, ['t.db'], ['--topics', 'embedded://t.db', '--store', 'sqlite:t.db']],
  ['store, the config', storeCommand, ['config.yaml'], ['--config', 'config.yaml', '--store', 'sqlite:config.yaml']],
  [
    'demo, a feature file',
    demoCommand,
    ['o/data/processed/features.parquet'],
    ['--raw', 'o/data/processed/features.parquet', '--out', 'o'],
  ],
  [
    'demo, the slice of its hand-off',
    demoCommand,
    ['o/handoff/data/slice/raw.ndjson'],
    ['--raw', 'o/handoff/data/slice/raw.ndjson', '--out', 'o'],
  ],
  [
    'demo, the config of its hand-off',
    demoCommand,
    ['o/handoff/config.yaml'],
    ['--config', 'o/handoff/config.yaml', '--out', 'o'],
  ],
]

const inFolder = (arg: string): string =>
  /^(embedded:\/\/|sqlite:)/.test(arg)
    ? arg.replace(/^(embedded:\/\/|sqlite:)/, `$1${folder}/`)
    : arg.startsWith('--') || arg === 'n'
      ? arg
      : `${folder}/${arg}`

/** Runs it in this process. @returns the lines on stderr; with what link the first file is named where it is written. */
async function refused([, command, files, args]: Case): Promise<void> {
  for (const path of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    if (path.endsWith('config.yaml')) cpSync(join(project, 'config.yaml'), join(folder, path))
    else writeFileSync(join(folder, path), `content of ${path}`)
  }
  const before = readFileSync(join(folder, files[0]))
  await command(['node', 'x', ...args.map(inFolder)])
  expect(said, said.join('\n')).toHaveLength(1)
  expect(said[0]).toMatch(/is .*, which is read as|is replaced whole, and .* lies in it/)
  expect(said[0]).toMatch(/; name another place$/)
  expect(process.exitCode).toBe(2)
  expect(readFileSync(join(folder, files[0]))).toEqual(before)
}

describe('no command replaces what it reads', () => {
  test.each(cases)('%s', async (...one) => refused(one))

  test.each([
    ['a symbolic link', symlinkSync],
    ['a hard link', linkSync],
  ])('nor through %s', async (_, link) => {
    writeFileSync(join(folder, 'a'), 'content of a')
    link(join(folder, 'a'), join(folder, 'link.parquet'))
    await refused(['', replayCommand, ['a'], ['--raw', 'a', '--out', 'link.parquet']])
  })

  test('nor through a folder that is a link', async () => {
    mkdirSync(join(folder, 'd'))
    symlinkSync(join(folder, 'd'), join(folder, 'linked'))
    await refused(['', replayCommand, ['d/a'], ['--raw', 'd/a', '--out', 'linked/a']])
    said = []
    await refused(['', handoffCommand, ['d/h/a'], ['--run', 'r', '--raw', 'd/h/a', '--out', 'linked/h']])
  })

  test('nor its own config or notebook, though no option names them', async () => {
    await replayCommand(['node', 'x', '--raw', join(project, 'package.json'), '--out', join(project, 'config.yaml')])
    await notebookCommand([
      'node',
      'x',
      '--features',
      join(project, 'package.json'),
      '--out',
      join(project, 'notebooks'),
    ])
    expect(said).toEqual([
      expect.stringMatching(
        /^replay: --out .*config.yaml: is .*config.yaml, which is read as --config; name another place/,
      ),
      expect.stringMatching(
        /^notebook: --out .*eda.ipynb: is .*eda.ipynb, which is read as the notebook; name another/,
      ),
    ])
  })

  test('report, through a link in the run', async () => {
    const files = [
      'models/artifacts/evaluation.json',
      'data/processed/features.parquet',
      'data/processed/features_test.parquet',
    ]
    for (const path of files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), path)
    }
    const { source, ...rest } = exampleEvaluation()
    writeFileSync(join(folder, files[0]), JSON.stringify({ ...rest, source: { ...source, file: files[1] } }))
    mkdirSync(join(folder, 'reports'))
    symlinkSync(join(folder, files[1]), join(folder, 'reports/model_eval.pdf'))
    await reportCommand(['node', 'x', '--run', folder])
    expect(said).toEqual([expect.stringMatching(/^report: .*model_eval\.pdf: is a link that leads out of its folder/)])
    expect(readFileSync(join(folder, files[1]), 'utf8')).toBe(files[1])
  })
})
