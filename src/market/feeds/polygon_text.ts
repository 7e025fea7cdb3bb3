type Item = Record<string, unknown>

/** What is read of trades and quotes, each key by its place here; all others are left out. */
const keys = ['ev', 'sym', 't', 'x', 'trfi', 'i', 'p', 's', 'ds', 'c', 'bp', 'bs', 'ap', 'as']
const [ev, sym, t, x, trfi, i, p, s, ds, c, bp, bs, ap, as] = keys.keys()
const none = -1
/** Place of a key by its last two letters, and the whole of it, each letter in five bits. */
const lastTwo = 1023
const places = new Int8Array(1 + lastTwo)
const codes = Int32Array.from(keys, key => [...key].reduce((code, letter) => 32 * code + letter.charCodeAt(0) - 96, 0))
for (const [place, code] of codes.entries()) places[code & lastTwo] = place
const longestCode = 1 << 25

/** Where the value of each key stands in the text of the present item; it begins at 0 where there is none. */
const begins = new Int32Array(keys.length)
const ends = new Int32Array(keys.length)
/** Its whole number, NaN for one with decimals. */
const wholes = new Float64Array(keys.length)
let lastSymbol = ''

/**
 * The items of a frame that is a list of trades and quotes without spaces, keys in any order, as `polygon.read` reads them:
 * prices and sizes are the texts that `String` makes of their numbers.
 * @returns null for all else, and wherever JSON.parse might not read the same.
 */
export function skimItems(text: string): Item[] | null {
  const items: Item[] = []
  let at = 0
  if (text.charCodeAt(at) !== openList) return null
  do {
    at = findValues(text, at + 1)
    const item = at === none ? null : itemOf(text)
    if (item === null) return null
    items.push(item)
  } while (text.charCodeAt(at) === comma)
  return text.charCodeAt(at) === closeList && at + 1 === text.length ? items : null
}

/** @returns the place behind the object that begins at `at`. */
function findValues(text: string, at: number): number {
  if (text.charCodeAt(at) !== openObject) return none
  begins.fill(0)
  do {
    if (text.charCodeAt(++at) !== quote) return none
    let code = 0
    let letter = text.charCodeAt(++at) - 96
    for (; letter > 0 && letter <= 26 && code < longestCode; letter = text.charCodeAt(++at) - 96)
      code = 32 * code + letter
    if (text.charCodeAt(at) !== quote || text.charCodeAt(++at) !== colon) return none
    const begin = at + 1
    const sign = text.charCodeAt(begin)
    const place = places[code & lastTwo]
    let whole = 0
    if (sign === quote) at = endOfText(text, begin + 1)
    else if (sign === openList) at = place === c || codes[place] !== code ? endOfList(text, begin) : none
    else {
      let digit = sign - zero
      for (at = begin; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - zero) whole = 10 * whole + digit
      if (!isWhole(text, begin, at)) return none
      if (digit === dot - zero) {
        whole = Number.NaN
        at = endOfDecimals(text, begin, at)
      }
    }
    if (at === none) return none
    if (codes[place] === code) {
      if (begins[place] !== 0) return none
      begins[place] = begin
      ends[place] = at
      wholes[place] = whole
    }
  } while (text.charCodeAt(at) === comma)
  return text.charCodeAt(at) === closeObject ? at + 1 : none
}

function itemOf(text: string): Item | null {
  const kind = textAt(text, ev)
  const begin = begins[sym] + 1
  const end = ends[sym] - 1
  if (text.charCodeAt(begin - 1) !== quote) return null
  // One text of a symbol for all items in a row: whoever reads them compares it faster.
  if (end - begin !== lastSymbol.length || !text.startsWith(lastSymbol, begin)) lastSymbol = text.slice(begin, end)
  if (kind === 'T')
    return {
      ev: kind,
      sym: lastSymbol,
      t: valueAt(text, t),
      x: valueAt(text, x),
      trfi: valueAt(text, trfi),
      i: valueAt(text, i),
      p: decimalAt(text, p),
      s: decimalAt(text, s),
      ds: decimalAt(text, ds),
      c: listAt(text, c),
    }
  if (kind !== 'Q') return null
  return {
    ev: kind,
    sym: lastSymbol,
    t: valueAt(text, t),
    bp: decimalAt(text, bp),
    bs: decimalAt(text, bs),
    ap: decimalAt(text, ap),
    as: decimalAt(text, as),
  }
}

function textAt(text: string, place: number): string | null {
  const begin = begins[place]
  return text.charCodeAt(begin) === quote ? text.slice(begin + 1, ends[place] - 1) : null
}

/** A text, or a number; NaN for one with decimals, which is no more of use. */
function valueAt(text: string, place: number): string | number | undefined {
  return begins[place] === 0 ? undefined : (textAt(text, place) ?? wholes[place])
}

/** A list of whole numbers. */
function listAt(text: string, place: number): number[] | undefined {
  if (begins[place] === 0 || text.charCodeAt(begins[place]) !== openList) return undefined
  return JSON.parse(text.slice(begins[place], ends[place]))
}

/** A number as its text. One digit stays a number, since 0 is told from '0'. */
function decimalAt(text: string, place: number): string | number | undefined {
  const begin = begins[place]
  if (begin === 0) return undefined
  if (ends[place] === begin + 1) return text.charCodeAt(begin) - zero
  return textAt(text, place) ?? text.slice(begin, ends[place])
}

/** @returns the place behind the text; none where it has an escape or what may not stand in one. */
function endOfText(text: string, at: number): number {
  for (let sign = text.charCodeAt(at); sign !== quote; sign = text.charCodeAt(++at))
    if (!(sign >= space) || sign === backslash) return none
  return at + 1
}

/** Whether the digits stand as `String` writes a number: 15 of them tell every double apart. */
function isWhole(text: string, begin: number, end: number): boolean {
  const digits = end - begin
  return digits === 1 || (digits > 1 && digits <= 15 && text.charCodeAt(begin) !== zero)
}

function endOfDecimals(text: string, begin: number, dotAt: number): number {
  const end = endOfDigits(text, dotAt + 1)
  const decimals = end - dotAt - 1
  return dotAt - begin <= 9 && decimals > 0 && decimals <= 6 && text.charCodeAt(end - 1) !== zero ? end : none
}

function endOfDigits(text: string, at: number): number {
  let digit = text.charCodeAt(at) - zero
  while (digit >= 0 && digit <= 9) digit = text.charCodeAt(++at) - zero
  return at
}

/** @returns the place behind a list of whole numbers. */
function endOfList(text: string, at: number): number {
  do {
    const begin = at + 1
    at = endOfDigits(text, begin)
    if (!isWhole(text, begin, at)) return none
  } while (text.charCodeAt(at) === comma)
  return text.charCodeAt(at) === closeList ? at + 1 : none
}

const space = 32
const quote = 34
const comma = 44
const dot = 46
const zero = 48
const colon = 58
const openList = 91
const backslash = 92
const closeList = 93
const openObject = 123
const closeObject = 125
