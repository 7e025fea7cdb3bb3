import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { encodeRow } from '../../../src/core/features/row_json.ts'
import { featureNames } from '../../../src/core/features/spec.ts'
import { refuseOtherFile } from '../../../src/jobs/featurize/former_file.ts'
import { sinkRows } from '../../../src/jobs/featurize/sink.ts'
import { readTable, writeTable } from '../../../src/stores/parquet.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
const folder = mkdtempSync(join(tmpdir(), 'spike60-former-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const values = featureNames.map(() => 0.5)

/** A file of what a topic of these rows, by product their seconds, becomes; or why it does not. */
async function sunk(out: string, rows: Record<string, number[]>, keepMore = true): Promise<number | string> {
  const streams = createMemoryStreams()
  await streams.createTopics([{ name: 'f', partitions: 1 }])
  const records = Object.entries(rows).flatMap(([product, seconds]) =>
    seconds.map(second => ({ topic: 'f', key: product, value: encodeRow(product, second * 1e6, values) })),
  )
  await (await streams.writer('feed')).commit({ records })
  return sinkRows({ streams, config, topic: 'f', out, keepMore }).then(
    ({ rows }) => rows,
    error => `${error.code} ${error.message}`,
  )
}

test.each<[string, Record<string, number[]>, RegExp]>([
  ['nothing', {}, /topic f none; the file stays as it is: name another with --parquet, or move it away$/],
  [
    'later rows only',
    { A: [3, 4, 5, 6], B: [3] },
    /holds 3 rows from 1970-01-01T00:00:01.000Z to .* of A, topic f 4 rows/,
  ],
  ['earlier rows only', { A: [0, 1, 2], B: [3] }, /of A, topic f 3 rows/],
  ['fewer rows between the same times', { A: [1, 3], B: [3] }, /of A, topic f 2 rows/],
  ['one product less', { A: [1, 2, 3, 4] }, /of B, topic f none/],
])('%s does not replace a file of rows', async (name, rows, told) => {
  const out = join(folder, `${name}.parquet`)
  expect(await sunk(out, { A: [1, 2, 3], B: [3] })).toBe(4)
  const before = readFileSync(out)
  const refused = await sunk(out, rows)
  expect(refused).toMatch(/^BAD_FILE /)
  expect(refused).toMatch(told)
  expect(readFileSync(out).equals(before)).toBe(true)
})

test('what a topic held before and more replaces a file, and so does anything where that is wanted', async () => {
  const out = join(folder, 'more.parquet')
  expect(await sunk(out, { A: [2, 3] })).toBe(2)
  expect(await sunk(out, { A: [2, 3] })).toBe(2)
  expect(await sunk(out, { A: [1, 2, 3, 4], B: [9] })).toBe(5)
  expect(await sunk(out, { B: [9] }, false)).toBe(1)
})

test('the verdict of the leak test stays with the same rows and goes with others', async () => {
  const day = 1_775_260_800
  const out = join(folder, 'tested.parquet')
  await sunk(out, { A: [day, day + 1] })
  const { table, metadata } = await readTable(out)
  await writeTable(out, table, { ...metadata, 'spike60.perturbation': 'passed', 'spike60.perturbation_rows': '2' })
  await sunk(out, { A: [day, day + 1] })
  expect((await readTable(out)).metadata).toMatchObject({ 'spike60.perturbation': 'passed' })
  await sunk(out, { A: [day, day + 1, day + 2] })
  expect((await readTable(out)).metadata).not.toHaveProperty('spike60.perturbation')
})

test('a file of something else is refused beforehand; none, or an empty one, is not', async () => {
  const out = join(folder, 'notes.txt')
  writeFileSync(out, 'what I must not lose')
  await expect(refuseOtherFile(out)).rejects.toMatchObject({
    code: 'BAD_FILE',
    faults: [expect.stringMatching(/notes\.txt: is no file of features, .* --parquet$/)],
  })
  writeFileSync(out, '')
  await refuseOtherFile(out)
  await refuseOtherFile(join(folder, 'none.parquet'))
  expect(existsSync(join(folder, 'none.parquet'))).toBe(false)
})
