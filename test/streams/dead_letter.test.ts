import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deadLetterTopic, decodeDeadLetter, encodeDeadLetter } from '../../src/streams/dead_letter.ts'

const origin = { topic: 'ticks.raw', partition: 1, offset: 42 }

test('any bytes come back as they were, with where they stood', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: 'binary' }).map(text => new TextEncoder().encode(text)),
  )
  fc.assert(
    fc.property(bytes, fc.option(fc.nat(), { nil: undefined }), fc.string(), (value, time, key) => {
      const letter = decodeDeadLetter(encodeDeadLetter({ ...origin, time, key, value }, 'not_json'))
      expect(Buffer.from(letter.value)).toEqual(Buffer.from(value))
      expect(letter).toMatchObject({ ...origin, key, reason: 'not_json' })
      expect(letter.time).toBe(time)
    }),
  )
})

test('text is kept readable, other bytes as base64', () => {
  const text = JSON.parse(encodeDeadLetter({ ...origin, value: Buffer.from('{"a":') }, 'not_json'))
  expect(text).toEqual({ reason: 'not_json', ...origin, text: '{"a":' })
  const bytes = JSON.parse(encodeDeadLetter({ ...origin, value: Buffer.from([0xff, 0xfe]) }, 'not_utf8'))
  expect(bytes).toEqual({ reason: 'not_utf8', ...origin, base64: '//4=' })
})

test('of a long record the beginning is kept, and how long it was', () => {
  const value = Buffer.alloc(5_000_000, 1)
  const json = encodeDeadLetter({ ...origin, key: 'k'.repeat(50_000), value }, 'not_json')
  expect(json.length).toBeLessThan(700_000)
  const letter = decodeDeadLetter(json)
  expect(letter).toMatchObject({ ...origin, bytes: 5_000_000, reason: 'not_json' })
  expect(letter.value.byteLength).toBe(100_000)
  expect(
    decodeDeadLetter(encodeDeadLetter({ ...origin, value: value.subarray(0, 100_000) }, 'x')).bytes,
  ).toBeUndefined()
})

test('what is no dead letter is refused', () => {
  for (const text of ['', '{}', '[]', '{"reason":"x","topic":"t","partition":0,"offset":-1,"text":""}'])
    expect(() => decodeDeadLetter(text)).toThrow(expect.objectContaining({ code: 'BAD_FILE' }))
  expect(deadLetterTopic('ticks.raw')).toBe('ticks.raw.dlq')
})
