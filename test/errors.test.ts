import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ErrorCode, SpikeError } from '../src/errors.ts'

test('what others have said stands on one line, and what has one line stays as it is', () => {
  const { faults, message } = new SpikeError('BAD_FILE', ['a \r\n\n  b\n \n c\n', '  indented'])
  expect(faults).toEqual(['a b c', '  indented'])
  expect(message).toBe('a b c\n  indented')
})

test('a message of many blanks takes no longer than any other of its length', () => {
  const blanks = ' '.repeat(150_000)
  expect(new SpikeError('BAD_FILE', `a${blanks}b`).faults).toEqual([`a${blanks}b`])
  expect(new SpikeError('BAD_FILE', `a${blanks}b\n${blanks}c`).faults).toEqual([`a${blanks}b c`])
})

test.each<[string, ErrorCode[], { exit: number; retriable: boolean }]>([
  [
    'what somebody gave is to be changed',
    [
      ...(['BAD_ARGUMENT', 'BAD_CONFIG', 'BAD_FILE', 'BAD_TABLE', 'BAD_MODEL', 'OVERLAPPING_FILES'] as const),
      ...(['TOO_FEW_ROWS', 'ONE_CLASS', 'TOPIC_MISMATCH', 'TOPIC_UNKNOWN', 'STATE_LOST', 'STORE_REFUSED'] as const),
    ],
    { exit: 2, retriable: false },
  ],
  ['the audit has found a leak', ['AUDIT_FAILED'], { exit: 3, retriable: false }],
  [
    'somebody else is away, or at it, for a while',
    ['SOCKET_FAILED', 'BROKER_UNAVAILABLE', 'MLFLOW_UNAVAILABLE', 'STORE_UNAVAILABLE', 'LOCKED', 'RECORD_FAILED'],
    { exit: 1, retriable: true },
  ],
  [
    'something is broken, lacking or taken over, and stays so',
    [
      ...(['CHECK_FAILED', 'DIGEST_MISMATCH', 'BROKER_REFUSED', 'MLFLOW_REFUSED'] as const),
      ...(['WRITER_FENCED', 'LOG_CORRUPT', 'TOOL_MISSING'] as const),
    ],
    { exit: 1, retriable: false },
  ],
])('%s: what a supervisor is told, and whether the same call may succeed later', (_, codes, told) => {
  for (const code of codes) expect(new SpikeError(code, 'x'), code).toMatchObject({ ...told, code, name: 'SpikeError' })
})

test('each code is told to a supervisor above, and each cause is kept', () => {
  const listed = readFileSync(import.meta.filename, 'utf8')
  const codes = readFileSync('src/errors.ts', 'utf8').match(/^ {2}[A-Z]\w+(?=: \{ exit)/gm)!
  expect(codes.length).toBeGreaterThan(20)
  for (const code of codes) expect(listed).toContain(`'${code.trim()}'`)
  const cause = new Error('below')
  expect(new SpikeError('LOCKED', 'x', { cause }).cause).toBe(cause)
})
