import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { refuseOtherDocuments, writeDocuments } from '../../../src/publish/documents/documents.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spike60-documents-'))
const write = () => writeDocuments(folder, readConfig())
const read = (path: string): string => readFileSync(join(folder, path), 'latin1')

beforeAll(() => {
  for (const path of ['README.md', 'docs/example', 'docs/schemas', 'docs/feature_spec.md', 'docs/model_card_v1.md'])
    cpSync(join(root, path), join(folder, path), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('what is missing or stale is written and named, what is as it should be is left alone', async () => {
  const spec = read('docs/feature_spec.md')
  writeFileSync(join(folder, 'docs/feature_spec.md'), spec.replace('60 s', '61 s'))
  const { documents, changed } = await write()
  expect(changed).toContain('docs/feature_spec.md')
  expect(changed).toContain('docs/scoping_brief.pdf')
  for (const path of ['README.md', 'docs/model_card_v1.md', 'docs/schemas/ticks.raw.v1.json'])
    expect(changed).not.toContain(path)
  expect(changed.length).toBeLessThan(documents)
  expect(read('docs/feature_spec.md')).toBe(spec)
  const old = new Date(1_000_000_000_000)
  utimesSync(join(folder, 'docs/scoping_brief.pdf'), old, old)
  expect(await write()).toEqual({ documents, changed: [] })
  expect(statSync(join(folder, 'docs/scoping_brief.pdf')).mtime).toEqual(old)
}, 120_000)

test.each([
  'docs/feature_spec.md',
  'docs/model_card_v1.md',
  'docs/scoping_brief.pdf',
  'docs/pictures/demo.svg',
  'src/library/feature_row.ts',
  'docs/schemas/ticks.raw.v1.json',
])('a file of somebody else at the place of %s is told', path => {
  const place = join(folder, path)
  const ours = readFileSync(place)
  refuseOtherDocuments(folder, [path])
  writeFileSync(place, 'theirs')
  expect(() => refuseOtherDocuments(folder, [path])).toThrow(`${place}: is no file of spike60's and would be replaced`)
  writeFileSync(place, ours)
})

test('where one file is of somebody else nothing at all is written', async () => {
  const [theirs, stale] = ['docs/scoping_brief.pdf', 'docs/feature_spec.md'].map(path => join(folder, path))
  writeFileSync(theirs, 'theirs')
  writeFileSync(stale, readFileSync(stale, 'utf8').replace('60 s', '61 s'))
  const before = readFileSync(stale, 'utf8')
  await expect(write()).rejects.toThrow(`${theirs}: is no file`)
  expect([readFileSync(theirs, 'utf8'), readFileSync(stale, 'utf8')]).toEqual(['theirs', before])
}, 120_000)

test('a README without the place for the results is not taken for done', async () => {
  writeFileSync(join(folder, 'README.md'), '# Theirs\n')
  await expect(write()).rejects.toThrow(/README\.md: lacks the lines <!-- example -->/)
})
