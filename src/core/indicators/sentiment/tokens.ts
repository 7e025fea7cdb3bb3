import emoji from './emoji.json' with { type: 'json' }

const descriptions = new Map<string, string>(Object.entries(emoji))
/** The first character that is an emoji or a part of one. */
const maybeEmoji = /[^\0-ⁿ]/
const isPunctuation = new Uint8Array(0x10000)
for (const mark of '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~') isPunctuation[mark.charCodeAt(0)] = 1

/** Every emoji of one code point becomes its description, a blank before it where there is none. */
export function spellEmoji(text: string): string {
  if (!maybeEmoji.test(text)) return text
  let spelled = ''
  let afterBlank = true
  for (const character of text) {
    const description = descriptions.get(character)
    if (description !== undefined && !afterBlank) spelled += ' '
    spelled += description ?? character
    afterBlank = description === undefined && character === ' '
  }
  return spelled
}

/** The words of a text without the punctuation around them. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  let start = 0
  for (let end = 0; end <= text.length; end++) {
    if (end < text.length && !isBlank(text.charCodeAt(end))) continue
    if (end > start) words.push(stripPunctuation(text, start, end))
    start = end + 1
  }
  return words
}

/** What Python's `str.split` takes for blank; JavaScript's \s has another opinion of 0x1c to 0x1f, 0x85 and the byte order mark. */
function isBlank(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13) || code >= 0x1c
  return code > 0x7f && /[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(String.fromCharCode(code))
}

/** An emoticon (two characters or fewer would be left) stays whole. */
function stripPunctuation(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isPunctuation[text.charCodeAt(start)]) start++
  while (end > start && isPunctuation[text.charCodeAt(end - 1)]) end--
  const isEmoticon = end - start <= 2 || (end - start <= 4 && [...text.slice(start, end)].length <= 2)
  return isEmoticon ? text.slice(from, to) : text.slice(start, end)
}

/** Whether it holds a letter in capitals and none that is not. */
export function isUpper(word: string): boolean {
  let upper = false
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i)
    if (code >= 0x80) return /\p{Uppercase}/u.test(word) && !/[\p{Lowercase}\p{Lt}]/u.test(word)
    if (code >= 0x61 && code <= 0x7a) return false
    if (code >= 0x41 && code <= 0x5a) upper = true
  }
  return upper
}
