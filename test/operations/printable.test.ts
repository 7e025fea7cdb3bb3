import { expect, test } from 'vitest'
import { SpikeError } from '../../src/errors.ts'
import { printable, printableName } from '../../src/operations/printable.ts'
import { redact } from '../../src/operations/redact.ts'

test.each([
  ['a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['\u009b31m and \u007f', '\\u009b31m and \\u007f'],
  ['back\rwards \u202egnol', 'back\\u000dwards \\u202egnol'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['lines\n\tand tabs, ümläuts, 日本 and 🙂', 'lines\n\tand tabs, ümläuts, 日本 and 🙂'],
])('%j is shown as %j, in every line of a log or an error', (text, shown) => {
  expect(printable(text)).toBe(shown)
  expect(redact(text, {})).toBe(shown)
})

test('a name that somebody gave stays within its line', () => {
  expect(['BTC-USD', 'a\n\tb\u001b[2J', '\u202egnol'].map(printableName)).toEqual([
    'BTC-USD',
    'a\\n\\tb\\u001b[2J',
    '\\u202egnol',
  ])
})

test('what others said in several lines is one line of an error', () => {
  const { faults, message } = new SpikeError(
    'SOCKET_FAILED',
    "ws://h: it said 'no\r\n\r\n  ws_ingest: all is well\n'; check it",
  )
  expect(faults).toEqual(["ws://h: it said 'no ws_ingest: all is well '; check it"])
  expect(message).toBe(faults[0])
})
