import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { nextRecord, readJournal, sealRecord } from '../../../src/jobs/train/sealed_record.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-sealed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string) => ({ file: name, digest: `digest of ${name}`, rows: 1 })
const about = (...judged: string[]) => ({
  at: '2026-12-01T00:00:00.000Z',
  commit: null,
  recipe: { name: 'anchored' },
  fitted_on: [file('a')],
  judged: judged.map(file),
  figures: judged,
})

test('each further look at the same data is counted, under whatever name its file goes', async () => {
  const journal = join(folder, 'looks.ndjson')
  for (const [judged, look] of [
    [['b', 'c'], 1],
    [['d'], 1],
    [['c'], 2],
    [['b', 'd'], 3],
  ] as const) {
    const record = nextRecord(journal, about(...judged))
    expect(record.look).toBe(look)
    await sealRecord(journal, record)
  }
  expect(readJournal(journal).records).toHaveLength(4)
})

test('a line that was changed or taken out is found, and nothing is added after it', async () => {
  const journal = join(folder, 'changed.ndjson')
  for (const name of ['b', 'c', 'd']) await sealRecord(journal, nextRecord(journal, about(name)))
  const lines = readFileSync(journal, 'utf8').split('\n')
  for (const broken of [
    [lines[0], lines[2]],
    [lines[0].replace('"look":1', '"look":7'), lines[1], lines[2]],
    ['{}', lines[1]],
  ]) {
    writeFileSync(journal, broken.join('\n'))
    expect(() => nextRecord(journal, about('e'))).toThrow(expect.objectContaining({ code: 'BAD_FILE' }))
    await expect(sealRecord(journal, { ...nextRecord(join(folder, 'new'), about('e')) })).rejects.toThrow(
      /changed.ndjson/,
    )
  }
})
