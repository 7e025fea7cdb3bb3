import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const sources = (): string =>
  globSync('src/**/*.ts')
    .sort()
    .reduce((hash, path) => hash.update(readFileSync(path)), createHash('sha256'))
    .digest('hex')

test('of a seeded sample of small faults in the code at least 75 % are found by the nearest tests, and no file is changed', () => {
  const before = sources()
  const command = ['test/mutation/mutate.ts', '--seed', '1', '--sample', '60']
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
  expect(sources()).toBe(before)
}, 3_600_000)
