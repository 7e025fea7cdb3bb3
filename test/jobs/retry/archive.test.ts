import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isStore, nameOf, openArchive } from '../../../src/jobs/retry/archive.ts'

test('records of another topic, key or content have other names', () => {
  const record = fc.tuple(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }))
  fc.assert(
    fc.property(record, record, (one, other) => {
      const [a, b] = [one, other].map(([topic, key, value]) => nameOf(topic, key, Buffer.from(value)))
      return (a === b) === (JSON.stringify(one) === JSON.stringify(other))
    }),
  )
  // What joins key and content cannot be moved from one into the other.
  expect(nameOf('t', 'a\nb', Buffer.from('c'))).not.toBe(nameOf('t', 'a', Buffer.from('b\nc')))
})

test.each(['../../up', 'a/b', `${'long'.repeat(300)}`, '', '🙂'])(
  'a key such as %s is one file in the folder',
  async key => {
    const folder = mkdtempSync(join(tmpdir(), 'spike60-archive-'))
    try {
      const archive = await openArchive(folder, { name: 'x.dlq', partitions: 1, id: 'i' }, { holder: 'a', held: false })
      const letter = { topic: 'x.dlq', partition: 0, offset: 3, key, value: Buffer.from('{}') }
      const name = nameOf('x', key, letter.value)
      const given = { letter, key, name, first: Date.UTC(2026, 0, 5), text: '{}' }
      await archive.put(given)
      await archive.put(given)
      const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
      expect(found.map(one => one.parentPath)).toEqual([join(folder, '2026/01/05')])
      expect(found[0].name).toMatch(new RegExp(`_1767571200_${name}\\.json$`))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test('a store is told from a folder', () => {
  expect(['sqlite:x', 's3://b/x', 'postgres://u@h/d', 'delta:x'].every(isStore)).toBe(true)
  expect(['data/dead-letters', './a:b', '/x', 'C:\\letters'].some(isStore)).toBe(false)
})
