import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** Files and packages that a file loads, through whatever it imports; types load nothing. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const name = relative(root, file)
  if (seen.has(name)) return seen
  seen.add(name)
  const source = readFileSync(file, 'utf8').replace(/^(import|export) type [^;]*? from '[^']+'$/gm, '')
  for (const [, target] of source.matchAll(/(?:from|import) '([^']+)'/g)) {
    if (target.startsWith('.')) loadedBy(join(dirname(file), target), seen)
    else seen.add(target)
  }
  return seen
}

test('inference loads the scorer and nothing that fits', () => {
  const loaded = loadedBy(join(root, 'models/infer.ts'))
  expect(loaded).toContain('src/core/models/artifact/score.ts')
  for (const fitting of [
    'src/core/models/fit/linear.ts',
    'src/core/models/fit/logistic.ts',
    'src/core/models/fit/impute.ts',
    'src/core/models/split/tau.ts',
    'ml-matrix',
  ])
    expect(loaded).not.toContain(fitting)
})
