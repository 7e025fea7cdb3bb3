import { asObject, parseJson } from '../feeds/reading.ts'

/** Some JSON values of a text, and the lines on which they begin, counted from 1. */
export interface Values {
  texts: string[]
  numbers: number[]
}

const [lineFeed, quote, comma, openList, backslash, closeList, open, close] = [10, 34, 44, 91, 92, 93, 123, 125]

/** Of a value that is too long so much is kept: enough to see what it was, and no JSON any more. */
const keptOfTooLong = 1000

/**
 * Cuts a text into the objects that stand in it, one after the other: with or without a list around them, commas or record
 * separators (RFC 7464) between them, and over as many lines as they like. What is no object comes as it stands up to the next
 * comma or line. A line end inside a string, which JSON forbids, ends a broken object.
 */
export class ValueSplitter {
  private readonly limit: number
  private kept = ''
  private depth = 0
  private inString = false
  private escaped = false
  /** Between values; in an object; in something else. */
  private state: 'between' | 'object' | 'other' = 'between'
  private line = 1
  private began = 1

  /** @param limit longest value, in characters. */
  constructor(limit: number) {
    this.limit = limit
  }

  /** @returns the values that end in this part of the text. */
  push(text: string): Values {
    const found: Values = { texts: [], numbers: [] }
    let start = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === lineFeed) this.line++
      if (this.state === 'between') {
        if (isBetween(code)) continue
        start = i
        this.began = this.line
        this.state = code === open ? 'object' : 'other'
        this.depth = 1
      } else if (this.state === 'other') {
        if (code === comma || code === lineFeed || code === closeList) this.give(found, text.slice(start, i))
      } else if (this.passes(code)) this.give(found, text.slice(start, code === lineFeed ? i : i + 1))
    }
    if (this.state !== 'between') this.kept += text.slice(start)
    if (this.kept.length > this.limit) this.giveLines(found)
    return found
  }

  /** What is left at the end of the text: a torn object, or a broken one and the whole lines that it seemed to go on with. */
  end(): Values {
    const found: Values = { texts: [], numbers: [] }
    if (this.kept !== '') this.giveLines(found)
    return found
  }

  /** @returns whether the object ends with this character. */
  private passes(code: number): boolean {
    if (this.inString) {
      if (code === lineFeed) return true
      if (this.escaped) this.escaped = false
      else if (code === backslash) this.escaped = true
      else if (code === quote) this.inString = false
      return false
    }
    if (code === quote) this.inString = true
    else if (code === open || code === openList) this.depth++
    else if (code === close || code === closeList) this.depth--
    return this.depth === 0
  }

  private give(found: Values, text: string): void {
    this.kept += text
    if (this.kept.includes('\n')) this.giveLines(found)
    else {
      found.texts.push(this.kept)
      found.numbers.push(this.began)
      this.restart()
    }
  }

  /** An object without its end may have swallowed what follows: where that stands a line an object, it is given back. */
  private giveLines(found: Values): void {
    const lines = this.kept.split('\n').map(line => line.trim().replace(/,$/, ''))
    const isBroken = parseJson(this.kept) === undefined
    const isLines = isBroken && lines.slice(1).some(line => asObject(parseJson(line)) !== null)
    for (const [i, text] of (isLines
      ? lines
      : [this.kept.length > this.limit ? this.kept.slice(0, keptOfTooLong) : this.kept.trimEnd()]
    ).entries()) {
      if (isLines && /^[\][]?$/.test(text)) continue
      found.texts.push(text)
      found.numbers.push(this.began + i)
    }
    this.restart()
  }

  private restart(): void {
    this.kept = ''
    this.state = 'between'
    this.inString = false
    this.escaped = false
  }
}

function isBetween(code: number): boolean {
  return code <= 32 ? code !== 0 : code === comma || code === openList || code === closeList || code === 0xfeff
}
