import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Client } from 'pg'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { faultOf } from '../../src/stores/postgres/faults.ts'
import { writeBatch } from '../../src/stores/postgres/write.ts'
import { prepareTables } from '../../src/stores/redshift/schema.ts'
import { redshiftDialect } from '../../src/stores/redshift/write.ts'
import type { Bucket } from '../../src/stores/s3/client.ts'
import { after, storedRecords, storedTopic } from '../harness/stored_records.ts'

/** Notes what is sent; of rows it has the writer's alone. */
function recording(): { client: Client; sent: string[] } {
  const sent: string[] = []
  const query = async (sql: string, values: unknown[] = []): Promise<object> => {
    sent.push(values.length > 0 && values.length < 10 ? `${sql} -- ${values.join(' | ')}` : sql)
    if (sql.includes('FROM store_writers WHERE') && sql.startsWith('SELECT'))
      return { rows: [{ topic_id: 'first', holder: 'one', epoch: 3 }] }
    return { rows: [], rowCount: 2 }
  }
  return { client: { query } as unknown as Client, sent }
}

/** A window, and what is no row. */
const [window, none] = ['"vwap"', '\0'].map(text => storedRecords(1, 60).find(({ value }) => value.includes(text))!)
const records = [window, none]
const writing = { topic: storedTopic.name, epoch: 3 }

test('the statements that Redshift is sent are those that stand in redshift.sql', async () => {
  const tables = recording()
  await prepareTables(tables.client, 'redshift://host:5439/db')
  const inserted = recording()
  await writeBatch(inserted.client, redshiftDialect(undefined), { ...writing }, records, after(records))
  const loaded = recording()
  const bodies: string[] = []
  const bucket: Bucket = {
    place: 's3://bucket/staging',
    async putIfAbsent(_, body) {
      bodies.push(gunzipSync(body).toString())
      return true
    },
    get: async () => null,
    list: async () => [],
  }
  const from = { bucket, role: 'arn:aws:iam::123456789012:role/loads', region: 'eu-west-1' }
  await writeBatch(loaded.client, redshiftDialect(from), { ...writing }, records, after(records))
  const sections = {
    tables: tables.sent,
    'a batch': inserted.sent,
    'a batch through a bucket': loaded.sent,
    objects: bodies,
  }
  const text = Object.entries(sections).map(([title, lines]) => `-- ${title}\n${lines.map(one => `${one}\n`).join('')}`)
  await expect(text.join('\n')).toMatchFileSnapshot('redshift.sql')
})

test('none of them has what Redshift lacks, or a word that it keeps for itself', () => {
  const text = readFileSync(new URL('redshift.sql', import.meta.url), 'utf8')
  const lacking =
    /ON CONFLICT|FOR UPDATE|PARTITION BY RANGE|USING brin|DISTINCT ON|unnest|json_|to_regclass|advisory|SAVEPOINT|TRUNCATE |bytea|\btext\b|numeric/i
  expect(text.replaceAll(/^\{.*$/gm, '')).not.toMatch(lacking)
  // Reserved words of Redshift that are columns here.
  expect(text.replaceAll('OVER (PARTITION BY', '')).not.toMatch(/(?<!")\b(partition|open)\b(?!")/)
})

test.each([
  ['redshift://u@host/db?copy_from=s3://bucket/x', /iam_role=ROLE/],
  ["redshift://u@host/db?copy_from=s3://bucket/x&iam_role=arn:aws:iam::123456789012:role/a'b", /iam_role=ROLE/],
  ['redshift://u@host/db?iam_role=default', /copy_from=s3:/],
])('%s: refused before anybody is asked', async (spec, told) => {
  await expect(openStore(spec, storedTopic, { holder: 'one', held: false })).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    faults: [expect.stringMatching(told)],
  })
})

test('two transactions that met may be tried again', () => {
  const error = Object.assign(new Error('1023 DETAIL: Serializable isolation violation on table - 1'), {
    code: 'XX000',
  })
  expect(faultOf(error, 'redshift://host:5439/db')).toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
