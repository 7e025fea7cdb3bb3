import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expandPattern, files } from '../../src/operations/path_patterns.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-patterns-'))
  mkdirSync(join(folder, 'day [1]'))
  for (const name of ['b.ndjson', 'a.ndjson', 'a[1].ndjson', 'a1.ndjson', 'day [1]/c.ndjson'])
    writeFileSync(join(folder, name), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (...names: string[]): string[] => names.map(name => join(folder, name))

it.each([
  ['*.ndjson', ['a.ndjson', 'a1.ndjson', 'a[1].ndjson', 'b.ndjson']],
  ['{a,b}.ndjson', ['a.ndjson', 'b.ndjson']],
  ['?1.ndjson', ['a1.ndjson']],
  ['a[1].ndjson', ['a[1].ndjson']],
  ['[ab].ndjson', ['a.ndjson', 'b.ndjson']],
  ['day [1]/c.ndjson', ['day [1]/c.ndjson']],
  ['day [1]/*.ndjson', ['day [1]/c.ndjson']],
  ['**/c.ndjson', ['day [1]/c.ndjson']],
  ['absent.ndjson', ['absent.ndjson']],
])('%s names %j: a pattern is expanded, what is there by its very name is meant by it', (pattern, names) => {
  expect(expandPattern(join(folder, pattern))).toEqual(at(...names))
})

it('a file that is named twice counts once, and a pattern without a file is refused', () => {
  const parse = files('--raw')
  expect(parse(join(folder, '?.ndjson'), parse(join(folder, 'b.ndjson')))).toEqual(at('b.ndjson', 'a.ndjson'))
  expect(() => parse(join(folder, '*.gz'))).toThrow(`--raw '${join(folder, '*.gz')}' matches no file`)
})
