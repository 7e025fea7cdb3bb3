/**
 * A text of any encoding and any line ends as UTF-8 with line feeds: UTF-16 by its mark or its zeros, CR alone where no line
 * feed stands in the beginning.
 * @param note is told when it is neither UTF-8 nor with line feeds.
 */
export async function* toUtf8(
  bytes: AsyncIterable<Uint8Array>,
  note: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  let encoding: string | null | undefined
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let isCarriage: boolean | undefined
  for await (const chunk of bytes) {
    if (encoding === undefined) {
      encoding = utf16Of(chunk)
      decoder = encoding === null ? null : new TextDecoder(encoding)
      if (encoding !== null) note(`is read as ${encoding.toUpperCase()}`)
    }
    const text = decoder === null ? chunk : new TextEncoder().encode(decoder.decode(chunk, { stream: true }))
    if (isCarriage === undefined) {
      isCarriage = text.subarray(0, -1).includes(0x0d) && !text.includes(0x0a)
      if (isCarriage) note('its lines end with CR alone')
    }
    if (isCarriage) for (let at = text.indexOf(0x0d); at >= 0; at = text.indexOf(0x0d, at + 1)) text[at] = 0x0a
    yield text
  }
}

function utf16Of(text: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (text.length < 4) return null
  const mark = text[0] * 256 + text[1]
  if (mark === 0xfffe || (text[0] !== 0 && text[1] === 0 && text[2] !== 0 && text[3] === 0)) return 'utf-16le'
  if (mark === 0xfeff || (text[0] === 0 && text[1] !== 0 && text[2] === 0 && text[3] !== 0)) return 'utf-16be'
  return null
}

/** A byte order mark, or a record separator (RFC 7464), is no part of what stands on the line. */
export function withoutMark(text: string): string {
  const code = text.charCodeAt(0)
  return code === 0xfeff || code === 0x1e ? text.slice(1) : text
}
