import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRunFolder } from '../fixtures/run_folder.ts'

const script = fileURLToPath(new URL('../../scripts/handoff.ts', import.meta.url))
const run = (...options: string[]) => spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-handoff-command-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('handoff', () => {
  it('builds from a run folder and checks what it built', async () => {
    await makeRunFolder(folder, 11)
    const built = run('--run', folder, '--json')
    expect(built.stderr).toBe('')
    const out = join(folder, 'handoff')
    expect(JSON.parse(built.stdout.trim())).toMatchObject({
      out,
      simulated: true,
      slice: { raw: ['data/slice/raw.ndjson'] },
    })
    const checked = run('--check', out)
    expect(checked.status).toBe(0)
    expect(checked.stdout).toContain('the same predictions (simulated)')
  })

  it('answers bad input with exit 2, one line a fault, and leaves nothing', () => {
    const empty = run('--run', folder)
    expect(empty.status).toBe(2)
    expect(empty.stderr).toContain('holds no *.ndjson')
    expect(run('--minutes', '1').status).toBe(2)
    expect(run('--check', folder).stderr).toContain('manifest.json: does not exist')
    expect(run('--help').stdout).toContain('Example:')
    expect(readdirSync(folder)).toEqual([])
  })
})
