import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const [, section] = readFileSync(new URL('docs/signals.md', root), 'utf8').split('## Faults of the originals')
const faults = [...section.matchAll(/^\| ([^|]+) \| `(test\/[^`]+)`: ([^|]+) \|$/gm)].map(([, fault, file, name]) => {
  return { fault, file, name }
})

test.each(faults)('$fault: a test of that name is there', ({ file, name }) => {
  expect(readFileSync(new URL(file, root), 'utf8')).toContain(name)
})

test('each line of the table names a test', () => {
  const [, , ...lines] = section.match(/^\|.*$/gm)!
  expect(lines).toHaveLength(faults.length)
})
