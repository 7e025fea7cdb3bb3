import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { features, specVersion } from '../../../src/core/features/spec.ts'

test('names, units, windows and definitions are those of this version of the spec', () => {
  const told = features.map(({ name, unit, ...more }) => JSON.stringify([name, unit, more]))
  const digest = createHash('sha256').update(told.join('\n')).digest('hex').slice(0, 16)
  expect([specVersion, features.length, digest]).toMatchInlineSnapshot(`
    [
      "1",
      75,
      "5ff87253ac001d3b",
    ]
  `)
})
