/**
 * The part of protobuf's wire format that an ONNX file needs: each function gives the bytes of one field.
 * Source: protobuf.dev, Encoding.
 */
function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

/** A field that holds a whole number from 0 on. */
export function int(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8), ...varint(value)])
}

/** A field that holds a text or bytes. */
export function bytes(field: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)]), content])
}

/** A field that holds a message made of other fields. */
export function message(field: number, parts: Uint8Array[]): Uint8Array {
  return bytes(field, concat(parts))
}

export function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.length
  }
  return whole
}
