import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { redact } from '../../src/operations/redact.ts'
import { startVictim } from '../harness/victim.ts'

describe('redact', () => {
  test.each([
    ['wss://user:pa55@host:1/path?x=1', 'wss://***@host:1/path?x=1'],
    ['at "http://me:p@ss@h/a" and kafka://u:p@b:9', 'at "http://***@h/a" and kafka://***@b:9'],
    ['wss://host/feed?token=abc&pair=BTC', 'wss://host/feed?token=***&pair=BTC'],
    ['https://h/?api_key=abc#top', 'https://h/?api_key=***#top'],
    ['the password is not-to-be-seen.', 'the password is ***.'],
    ['wss://advanced-trade-ws.coinbase.com', 'wss://advanced-trade-ws.coinbase.com'],
    ['a@b.example wrote to https://h/a@b', 'a@b.example wrote to https://h/a@b'],
  ])('%s', (text, wanted) => {
    expect(redact(text, { KAFKA_PASSWORD: 'not-to-be-seen' })).toBe(wanted)
  })

  test('no login of any address stays, wherever it stands', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9!$%&*+,;=._~-]{6,20}$/)
    fc.assert(
      fc.property(word, word, fc.string(), fc.string(), (user, password, before, after) => {
        const text = `${before} wss://${user}:${password}@host.example/x ${after}`
        const hidden = redact(text, {})
        expect(hidden).toContain('***@host.example/x')
        expect(hidden).not.toContain(`${user}:${password}@`)
      }),
    )
  })
})

const folder = mkdtempSync(join(tmpdir(), 'spike60-redact-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const topics = ['--topics', `embedded://${join(folder, 'log.db')}`]

test('a job shows no login of its address, in its log or in its last line', async () => {
  const url = 'ws://quant:s3cret-pass@127.0.0.1:9'
  const to = ['--url', url, '--raw', join(folder, 'raw'), '--minutes', '0.02']
  const job = startVictim(['scripts/ws_ingest.ts', ...to, ...topics], { LOG_LEVEL: 'trace' })
  await job.wait()
  expect(job.log()).toContain('ws://***@127.0.0.1:9')
  expect(job.log() + job.out()).not.toContain('s3cret')
})

test('a level of the log that there is not is named', async () => {
  const job = startVictim(['features/featurizer.ts', ...topics], { LOG_LEVEL: 'loud' })
  expect(await job.wait()).toEqual({ code: 2, signal: null })
  expect(job.log()).toMatch(/^featurizer: environment: LOG_LEVEL is one of trace, .*, not 'loud'\n$/)
})

test('a number that is a secret is taken out at the end of a sentence, and not inside of another number', () => {
  const own = Object.fromEntries([['DB_PASSWORD', String(123456789)]])
  expect(redact('wrong password 123456789. Try again', own)).toBe('wrong password ***. Try again')
  expect(redact('at 0.123456789 and 1234567891', own)).toBe('at 0.123456789 and 1234567891')
})

test('what is no login stays: a port before a colon or a full stop, a scheme that is only named, the key of a shared view', () => {
  for (const text of [
    'http://127.0.0.1:5000: POST runs/search was answered with 403: bob@corp.com may not',
    'kafka://h:9092. Ask a@b.org',
    'Basic authentication is required',
    'http://h:5000/#/experiments/1/runs?workflowType=machine_learning&viewStateShareKey=spike60',
  ])
    expect(redact(text, {})).toBe(text)
  expect(redact('Authorization: Basic dXNlcjpwYXNz', {})).toBe('Authorization: Basic ***')
})
