import { ValueSplitter } from './json_values.ts'
import { toUtf8, withoutMark } from './text_encoding.ts'
import { shapeOf } from './text_shape.ts'

/** Some lines of a file, without their ends; or JSON values that stand in it in another way. */
export interface Lines {
  texts: string[]
  /** The line on which each of them begins, counted from 1. */
  numbers: number[]
  /** The last of them ends the file without its end, and may be torn. */
  torn: boolean
}

/** A frame of 32 MiB has at most twice as much as a line of bronze. The rest of a longer line is dropped, so that it is no JSON. */
export const lineLimit = 68 << 20
const keptOfTooLong = 1000
/** A mark at the beginning is taken away with those of the lines. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const beginningBytes = 1 << 16

/**
 * The lines of a text as its bytes come, or its values where it holds JSON in another way than a line a value; UTF-8 or UTF-16;
 * lines end as on any system. Memory is bounded.
 * @param bytes unpacked.
 * @param note is told what was left out, and what was taken to be so.
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  note: (text: string) => void = () => {},
): AsyncGenerator<Lines> {
  const text = await begin(toUtf8(bytes, note))
  const isValues = shapeOf(text.beginning) === 'values'
  if (isValues) note('does not hold a JSON object a line; its objects are read as they follow each other')
  yield* isValues ? splitValues(text.bytes) : splitLines(text.bytes)
}

/** The beginning of the text, and all of it from there. */
async function begin(
  bytes: AsyncGenerator<Uint8Array>,
): Promise<{ beginning: string; bytes: AsyncGenerator<Uint8Array> }> {
  const read: Uint8Array[] = []
  let failure: unknown = null
  try {
    for (let length = 0; length < beginningBytes; length += read.at(-1)!.length) {
      const { value, done } = await bytes.next()
      if (done) break
      read.push(value)
    }
  } catch (error) {
    failure = error
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* read
      if (failure !== null) throw failure
      yield* bytes
    } finally {
      await bytes.return(undefined)
    }
  }
  return { beginning: utf8.decode(joined(read)), bytes: all() }
}

async function* splitLines(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Lines> {
  let first = 1
  let rest: Uint8Array[] = []
  let restBytes = 0
  const toLines = (parts: Uint8Array[], torn: boolean): Lines => {
    const texts = utf8.decode(joined(parts)).split('\n')
    return { texts: texts.map(withoutMark), numbers: texts.map((_, i) => first + i), torn }
  }
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(0x0a)
    if (end >= 0) {
      const lines = toLines([...rest, chunk.subarray(0, end)], false)
      yield lines
      first += lines.texts.length
      rest = []
      restBytes = 0
    }
    const tail = chunk.subarray(end + 1)
    if (restBytes < lineLimit) rest.push(tail)
    else rest = [joined(rest).slice(0, keptOfTooLong)]
    restBytes += tail.length
  }
  if (restBytes > 0) yield toLines(rest, true)
}

async function* splitValues(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Lines> {
  const decoder = new TextDecoder()
  const splitter = new ValueSplitter(lineLimit)
  for await (const chunk of bytes) {
    const values = splitter.push(decoder.decode(chunk, { stream: true }))
    if (values.texts.length > 0) yield { ...values, torn: false }
  }
  const last = splitter.end()
  if (last.texts.length > 0) yield { ...last, torn: true }
}

function joined(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
