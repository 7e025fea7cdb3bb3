import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { checkHealth, touchHealth } from '../../src/operations/health.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-health-'))
const file = join(folder, 'deep/health')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a job is healthy for 30 s after it touched its file, and not before it did', () => {
  expect(() => checkHealth(file, Date.now())).toThrow(/does not exist/)
  touchHealth(file)
  const touched = statSync(file).mtimeMs
  checkHealth(file, touched + 30_000)
  expect(() => checkHealth(file, touched + 30_001)).toThrow(/touched 30 s ago/)
})

test('a file that holds something else is refused and stays; that of a former job is taken up', async () => {
  const mine = join(folder, 'config.yaml')
  for (const [text, isTaken] of [
    ['feeds: []\n', false],
    ['x'.repeat(5000), false],
    ['2026-11-30T21:00:00.000Z\n', true],
  ] as const) {
    vi.resetModules()
    const first = await import('../../src/operations/health.ts')
    writeFileSync(mine, text)
    if (isTaken) first.touchHealth(mine)
    else expect(() => first.touchHealth(mine)).toThrow(/config.yaml: holds something of its own; let SPIKE60_HEALTH/)
    expect(readFileSync(mine, 'utf8') === text).toBe(!isTaken)
  }
})

test('without a file named nothing is written', () => {
  expect(() => touchHealth('')).not.toThrow()
})

test('the command answers by its exit code', () => {
  const script = new URL('../../scripts/health.ts', import.meta.url).pathname
  const health = join(folder, 'health')
  const check = () => spawnSync(process.execPath, [script, '--file', health], { encoding: 'utf8' })
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringMatching(/^health: .*does not exist/) })
  writeFileSync(health, '')
  execFileSync(process.execPath, [script], { env: { ...process.env, SPIKE60_HEALTH_FILE: health } })
  utimesSync(health, 0, 0)
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringMatching(/s ago/) })
})
