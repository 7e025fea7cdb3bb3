import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, redactJson } from '../../src/operations/redact.ts'

/** How a text may stand in a line: as it is, in addresses, in JSON, in JSON in JSON, in a literal of Node. */
const forms: Record<string, (text: string) => string> = {
  'as it is': text => text,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in full': text =>
    [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'in small letters': text => encodeURIComponent(text).replaceAll(/%../g, hex => hex.toLowerCase()),
  'as a form': text => new URLSearchParams({ x: text }).toString().slice(2),
  'as an address keeps it': text => {
    const url = new URL('http://host')
    url.password = text
    return url.password
  },
  JSON: text => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': text => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'as Node shows it': text => inspect(text).slice(1, -1),
}

/** A secret that holds what encodings change, and no text around it by chance. */
const secret = fc
  .array(fc.constantFrom(...'ab7"\'`\\ /:@?#%&=+{}[]().*$^|~ü€😀\n\t\x1b'.match(/./gsu)!), {
    minLength: 4,
    maxLength: 16,
  })
  .map(parts => parts.join(''))
  .filter(text => text.trim() === text && /[^\w ]/.test(text) && /[ab7]/.test(text))

describe('no secret of any shape gets through', () => {
  test.each(Object.entries(forms))('%s', (_, encode) => {
    fc.assert(
      fc.property(secret, fc.constantFrom('', 'cannot log in as ', '{"msg":"', 'http://host/x?p='), (value, before) => {
        const shown = encode(value)
        const hidden = redact(`${before}${shown}" end`, { KAFKA_PASSWORD: value })
        expect(hidden).not.toContain(shown)
        expect(hidden).toMatch(/\*\*\*/)
        expect(hidden).toMatch(/end$/)
      }),
      { seed: 60, numRuns: 60 },
    )
  })

  test('a line of JSON stays one, at its numbers as they were', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.integer(), (value, text, number) => {
        const line = JSON.stringify({
          level: 30,
          number,
          err: { stack: [text, `at\n${value}`] },
          msg: `not "${value}"!`,
        })
        const hidden = JSON.parse(redactJson(line, { X_TOKEN: value }))
        expect(hidden).toMatchObject({
          level: 30,
          number,
          err: { stack: [expect.anything(), 'at\n***'] },
          msg: 'not "***"!',
        })
      }),
      { seed: 60, numRuns: 100 },
    )
  })

  test('a user and a password together, as they are sent', () => {
    fc.assert(
      fc.property(fc.string(), secret, (user, password) => {
        const environment = { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password }
        const sent = Buffer.from(`${user}:${password}`).toString('base64')
        expect(redact(`"authorization":"${sent}"`, environment)).not.toContain(sent.replace(/=+$/, ''))
        expect(redact(`Basic ${sent}`, {})).toBe('Basic ***')
      }),
      { seed: 60, numRuns: 60 },
    )
  })
})

describe('which variables are secret', () => {
  test.each([
    'KAFKA_PASSWORD',
    'MLFLOW_TRACKING_TOKEN',
    'BINANCE_API_KEY',
    'X_SECRET',
    'AWS_SECRET_ACCESS_KEY',
    'token',
  ])('%s', name => expect(redact('is v4lue-of-it.', { [name]: 'v4lue-of-it' })).toBe('is ***.'))

  test.each(['KEY', 'KAFKA_USERNAME', 'TOKENS_PER_DAY', 'MONKEY', 'SPIKE60_TOPICS'])('%s is none', name =>
    expect(redact('is v4lue-of-it.', { [name]: 'v4lue-of-it' })).toBe('is v4lue-of-it.'),
  )
})

describe('a short secret is taken out as a word, and leaves the rest of the line', () => {
  test.each([
    ['abc', 'abc: wrong "abc" of abcd, a_abc', '***: wrong "***" of abcd, a_abc'],
    ['ab', 'a cab, ab', 'a cab, ***'],
    ['a', 'a cab', 'a cab'],
    ['123456789', 'at 1234567890 and 123456789', 'at 1234567890 and ***'],
    ['true', '{"live":true}', '{"live":true}'],
    ['1234', 'row 12345, pin 1234', 'row 12345, pin ***'],
    ['p"w', '{"msg":"not p\\"w!"}', '{"msg":"not ***!"}'],
  ])('%s', (value, text, wanted) => expect(redact(text, { X_PASSWORD: value })).toBe(wanted))

  test('one inside of another, and changed ones', () => {
    expect(redact('secret-longer secret', { A_TOKEN: 'secret', B_TOKEN: 'secret-longer' })).toBe('*** ***')
    expect(redact('first second', { A_TOKEN: 'first-1' })).toBe('first second')
    expect(redact('first second', { A_TOKEN: 'second' })).toBe('first ***')
    expect(redact('first second', {})).toBe('first second')
  })
})

describe('addresses and headers without any variable', () => {
  test.each([
    ["not 'kafka://u:p w@b:9'", "not 'kafka://***@b:9'"],
    ['kafka://u:p"w@b:9 is', 'kafka://***@b:9 is'],
    ['kafka://u:p/w#x@b:9', 'kafka://***@b:9'],
    ['http://h:5000/a is not a@b.example', 'http://h:5000/a is not a@b.example'],
    ["'http://h:5000' for a@b", "'http://h:5000' for a@b"],
    ['https://h/?passwd=x&pwd=y&x_credential=z&n=1', 'https://h/?passwd=***&pwd=***&x_credential=***&n=1'],
    ['Authorization: Bearer eyJ.abc-_=', 'Authorization: Bearer ***'],
    ['a basic rule', 'a basic rule'],
  ])('%s', (text, wanted) => expect(redact(text, {})).toBe(wanted))
})
