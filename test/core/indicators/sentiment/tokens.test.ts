import { expect, test } from 'vitest'
import { isUpper, spellEmoji, wordsOf } from '../../../../src/core/indicators/sentiment/tokens.ts'

/** Code points at which Python's `str.split()` splits. */
const blanks = [
  9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
].concat(Array.from({ length: 11 }, (_, i) => 0x2000 + i))

test('words end where Python ends them, at no other character', () => {
  const found = []
  for (let code = 0; code < 0x10000; code++)
    if (wordsOf(`abc${String.fromCharCode(code)}def`).length === 2) found.push(code)
  expect(found).toEqual(blanks.sort((a, b) => a - b))
})

test('words lose the punctuation around them, but where two characters or fewer would be left', () => {
  expect(wordsOf('  "good", (bad)!  ')).toEqual(['good', 'bad'])
  expect(
    wordsOf(
      ':) :-( (ab) (abc) 8-D "a" \ud83d\ude00\ud83d\ude00! \ud83d\ude00\ud83d\ude00\ud83d\ude00! a\ud83d\ude00! ab\ud83d\ude00!',
    ),
  ).toEqual([
    ...[':)', ':-(', '(ab)', 'abc', '8-D', '"a"', '\ud83d\ude00\ud83d\ude00!', '\ud83d\ude00\ud83d\ude00\ud83d\ude00'],
    ...['a\ud83d\ude00!', 'ab\ud83d\ude00'],
  ])
  expect([wordsOf(''), wordsOf('   '), wordsOf('a')]).toEqual([[], [], ['a']])
})

test('an emoji is spelled, a blank before it where there is none', () => {
  const face = spellEmoji('\ud83d\ude00')
  expect(face).toBe('grinning face')
  expect(spellEmoji('a\ud83d\ude00')).toBe(`a ${face}`)
  expect(spellEmoji('a \ud83d\ude00 b')).toBe(`a ${face} b`)
  expect(spellEmoji('\ud83d\ude00\ud83d\ude00b')).toBe(`${face} ${face}b`)
  expect(spellEmoji('plain text')).toBe('plain text')
})

test('a word is in capitals with one letter in capitals and none that is not', () => {
  expect(['A', 'GOOD', 'GO1!', 'É', 'Good', 'good', '1!', '', 'Éa', 'Aé', '\u01c5A'].map(isUpper)).toEqual([
    ...[true, true, true, true, false, false, false, false, false, false, false],
  ])
})
