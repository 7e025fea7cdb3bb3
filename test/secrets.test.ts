import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { entropy, findSecrets } from './harness/secrets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)

/** Files of checksums alone, or of bytes that are no text. */
const unread =
  /(^|\/)package-lock\.json$|^docker\/python\/requirements\.lock$|(^|\/)go\.sum$|\.(png|pdf|woff2?|ttf|otf|gz|zst|parquet)$/
/** What looks like a secret and is none: passwords that tests make up for a server of their own. */
const allowed: Record<string, string[]> = {
  'test/tracking/journal.test.ts': ['me:hunter2@'],
  'test/operations/endpoints.test.ts': ['u:hunter22@'],
  'test/operations/log.test.ts': ['tok-5f2c9b1d'],
  'test/tracking/hostile.test.ts': ['user:geheim@', 'u:geheim@'],
  'src/operations/redact.ts': ['user:password@'],
  'test/operations/redact.test.ts': ['user:pa55@', 'me:p@s', 'u:p@', 'quant:s3cret-pass@'],
  'test/streams/kafka/login.slow.test.ts': ['wr0ng-0ne'],
  'test/harness/kafka/secure_broker.ts': ['corr3ct-h0rse'],
}

describe('the repository holds no secret', () => {
  test('no file has a string that looks like one', () => {
    expect(files.length).toBeGreaterThan(300)
    const found = files
      .filter(path => !unread.test(path))
      .flatMap(path =>
        findSecrets(readFileSync(`${root}/${path}`, 'utf8'))
          .filter(({ found }) => !allowed[path]?.some(text => found.includes(text)))
          .map(
            ({ line, kind, found }) => `${path}:${line}: ${kind}: ${found.slice(0, 6)}… (${found.length} characters)`,
          ),
      )
    expect(found).toEqual([])
  })

  test('no file of settings or keys is in it', () => {
    const kept = files.filter(path =>
      /(^|\/)(\.env(\..+)?|id_[a-z0-9]+|\.netrc|\.pgpass)$|\.(pem|key|p12|pfx|jks)$/.test(path),
    )
    expect(kept).toEqual(['.env.example'])
  })
})

/** Put together here, so that this file holds none. */
const random = (length: number, alphabet: string): string =>
  [...createHash('sha512').update(alphabet).digest()]
    .map(byte => alphabet[byte % alphabet.length])
    .join('')
    .slice(0, length)
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

test.each([
  ['private key', `-----BEGIN ${'PRIVATE'} KEY-----`],
  ['AWS key', `key = ${'AKIA'}${random(16, capitals)}`],
  ['GitHub token', `${'ghp'}_${random(36, letters)}`],
  ['npm token', `//registry/:_authToken=${'npm'}_${random(36, letters)}`],
  ['Slack token', `${'xoxb'}-${random(24, letters)}`],
  ['login in an address', `kafka${'://'}quant:hunter22${'@'}broker:9092`],
  ['assigned secret', `KAFKA_PASSWORD${': '}'hunter2222'`],
  ['random string', `x = '${random(40, letters)}'`],
])('the scan finds a %s', (kind, text) => {
  expect(findSecrets(`first\n${text}\n`)).toContainEqual(expect.objectContaining({ kind, line: 2 }))
})

test.each([
  'export function committedRecordsOfOnePartition(answer: FetchedPartition): Fetched[] {',
  "import { startSecureBroker } from './harness/kafka/secure_broker.ts'",
  `digest ${createHash('sha256').update('').digest('hex')}`,
  'kafka://host:port[,host:port]',
  "password: process.env.KAFKA_PASSWORD ?? ''",
  'coinbase-ticker-2026-04-04T0319-2h-btc-eth.ndjson.gz',
])('the scan passes over: %s', text => {
  expect(findSecrets(text)).toEqual([])
})

test('entropy is counted in bits a character', () => {
  expect(entropy('aaaa')).toBe(0)
  expect(entropy('abcd')).toBe(2)
})
