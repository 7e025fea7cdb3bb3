import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoPaths } from '../../src/run_paths.ts'
import { logFiles, openStreams } from '../../src/streams/open.ts'

const before = process.cwd()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-demo-log-'))
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

test('the topics of the demo are those of the last one, wherever it had to record', () => {
  expect(logFiles('demo')[0]).toBe(demoPaths(1).log)
  for (const [attempt, second] of [
    [1, 20],
    [2, 30],
    [3, 10],
  ]) {
    const { log } = demoPaths(attempt)
    mkdirSync(dirname(log), { recursive: true })
    writeFileSync(log, '')
    utimesSync(log, second, second)
  }
  const { log } = demoPaths(2)
  expect(logFiles('demo')).toEqual([log, `${log}-wal`, `${log}-shm`])
})

test('a name that JavaScript itself knows is no engine of topics', async () => {
  for (const spec of ['constructor', '__proto__', 'toString'])
    await expect(openStreams(spec)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', exit: 2 })
})
