import { expect, test } from 'vitest'
import { mutantsOf, mutated } from './mutants.ts'

const changes = (text: string): string[] => mutantsOf(text).map(mutant => mutated(text, mutant).trim())

test('boundaries, arithmetic, logic, constants and the order of sorting are changed one at a time', () => {
  expect(changes('const a = b < c && !d\n')).toEqual([
    'const a = b < c || !d',
    'const a = b <= c && !d',
    'const a = b < c && (d)',
  ])
  expect(changes('const a = 7 * b.min(c)\n')).toEqual([
    'const a = 7 / b.min(c)',
    'const a = 8 * b.min(c)',
    'const a = (6) * b.min(c)',
    'const a = 7 * b.max(c)',
  ])
  expect(changes('const a = b ?? true\n')).toEqual(['const a = (b)', 'const a = (true)', 'const a = b ?? false'])
  expect(changes('const a = b.slice(c).sort()\n')).toEqual([
    'const a = b.slice(c).sort().reverse()',
    'const a = b.slice((c) + 1).sort()',
  ])
})

test('a method that has the name of one that every object has is no operator to swap', () => {
  expect(changes('const a = b.toString()\n')).toEqual([])
})

test('calls, assignments and early exits are removed', () => {
  expect(changes('for (const a of b) {\n  if (a) continue\n  c(a)\n}\n')).toEqual([
    'for (const a of b) {\n  if (a) ;\n  c(a)\n}',
    'for (const a of b) {\n  if (a) continue\n  ;\n}',
  ])
})

test('types, imports and what is told to people are left alone', () => {
  const text = [
    "import { a } from './a1.ts'",
    'type B = 1 | 2',
    'function c(d: 1 | 2): string {',
    '  if (d) throw new Error(String(d + 1))',
    "  return 'x' + d",
    '}',
    '',
  ].join('\n')
  expect(mutantsOf(text).map(({ was, now }) => [was, now])).toEqual([
    ['if (d) throw new Error(String(d + 1))', 'if (d) ;'],
  ])
})

test('a mutant keeps its name when the lines above it change', () => {
  const name = ({ was, now }: { was: string; now: string }): string => `${was} → ${now}`
  const text = 'if (a) {\n  b = 1\n}\n'
  expect(mutantsOf(`// more\n\n${text}`).map(name)).toEqual(mutantsOf(text).map(name))
  expect(mutantsOf(`// more\n\n${text}`)[0].line).toBe(4)
})
