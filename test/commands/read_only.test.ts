import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkCommand } from '../../src/commands/check.ts'
import { driftCommand } from '../../src/commands/drift.ts'
import { handoffCommand } from '../../src/commands/handoff.ts'
import { healthCommand } from '../../src/commands/health.ts'
import { inferCommand } from '../../src/commands/infer.ts'
import { mlflowCommand } from '../../src/commands/mlflow.ts'
import { notebookCommand } from '../../src/commands/notebook.ts'
import { replayCommand } from '../../src/commands/replay.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { retrainCommand } from '../../src/commands/retrain.ts'
import { trainCommand } from '../../src/commands/train.ts'

const before = process.cwd()
let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-read-only-'))
  process.chdir(folder)
  process.stdout.setMaxListeners(0)
  said = []
  vi.spyOn(console, 'error').mockImplementation(line => said.push(String(line)))
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.chdir(before)
  process.exitCode = 0
  rmSync(folder, { recursive: true })
})

type Command = (argv?: string[]) => Promise<void>
/** What each says of what is not there. */
const cases: [string, Command, RegExp, ...string[]][] = [
  ['check', checkCommand, /streams\.db: there is no topic log/, '--topic', 'ticks.raw'],
  ['drift, two files', driftCommand, /none: does not exist/, '--reference', 'none', '--current', 'none'],
  ['drift, a topic', driftCommand, /there is no topic log/, '--profile', 'none', '--topic', 'ticks.features'],
  ['drift, a profile', driftCommand, /none: does not exist/, '--reference', 'none', '--save-profile', 'a/b/profile'],
  ['handoff', handoffCommand, /none\/data\/raw: holds no/, '--run', 'none', '--out', 'a/b'],
  ['handoff --check', handoffCommand, /none\/manifest\.json: does not exist/, '--check', 'none'],
  ['health', healthCommand, /none\/none: does not exist/, '--file', 'none/none'],
  ['infer', inferCommand, /models\/artifacts: does not exist/, '--features', 'none', '--out', 'a/b/c'],
  ['mlflow --send', mlflowCommand, /a\/mlruns: does not exist/, '--send', '--journal', 'a/mlruns'],
  ['notebook', notebookCommand, /none: does not exist/, '--features', 'none', '--out', 'a/b'],
  ['replay', replayCommand, /none: no such file/, '--raw', 'none', '--out', 'a/b/c'],
  ['report', reportCommand, /evaluation\.json: does not exist/, '--run', 'none'],
  ['retrain', retrainCommand, /holds no models of a training/, '--features', 'none', '--out', 'a/b'],
  ['retrain --rollback', retrainCommand, /holds no models of a training/, '--rollback', '--out', 'a/b'],
  ['train', trainCommand, /none\/none: does not exist/, '--features', 'none/none', '--out', 'a/b'],
  ['train --full', trainCommand, /none: is not a folder/, '--full', '--captures', 'none', '--out', 'a/b'],
  ['train --judge alone', trainCommand, /--judge belongs to --full/, '--judge', 'j', '--out', 'a/b'],
  ['train, folders', trainCommand, /takes one folder/, '--full', '--captures', 'c', 'd', '--out', 'a/b'],
  [
    'train --full --judge, a percentile',
    trainCommand,
    /--judge DIR goes with --full and --captures DIR…, and without/,
    ...['--full', '--captures', 'c', '--judge', 'j', '--percentile', '85', '--out', 'a/b'],
  ],
  [
    'train --full --judge',
    trainCommand,
    /j: is not a folder/,
    '--full',
    '--captures',
    'c',
    '--judge',
    'j',
    '--out',
    'a/b',
  ],
]

test.each(cases)(
  '%s makes nothing where what it reads is not there, and says so',
  async (name, command, told, ...args) => {
    vi.stubEnv('MLFLOW_TRACKING_URI', 'http://127.0.0.1:9')
    await command(['node', 'x', ...args])
    expect(said.at(-1)).toMatch(told)
    expect(process.exitCode).toBe(name === 'health' ? 1 : 2)
    expect(readdirSync('.', { recursive: true }), said.join('\n')).toEqual([])
  },
)
