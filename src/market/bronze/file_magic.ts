/** Files that are something else, by their first bytes, and what is to be done with them. */
const others: [magic: string, what: string][] = [
  ['fd377a585a00', 'is packed with xz; unpack it first: xz -dk'],
  ['425a68', 'is packed with bzip2; unpack it first: bunzip2 -k'],
  ['504b0304', 'is a zip archive; unpack it first: unzip'],
  ['377abcaf271c', 'is a 7z archive; unpack it first: 7z x'],
  ['04224d18', 'is packed with lz4; unpack it first: lz4 -dk'],
  ['50415231', 'is a Parquet file; name the raw data that it was made of'],
  ['53514c69746520666f726d6174', 'is a SQLite database, such as a topic log; name the raw data'],
  ['89504e470d0a1a0a', 'is a picture (PNG); name the raw data: NDJSON, plain or packed'],
  ['ffd8ff', 'is a picture (JPEG); name the raw data: NDJSON, plain or packed'],
  ['255044462d', 'is a PDF; name the raw data: NDJSON, plain or packed'],
]

/** What a file is, by its first 16 bytes, and what is to be done with it; null where it may be text, gzip or zstd. */
export function otherKind(beginning: Uint8Array): string | null {
  const hex = Array.from(beginning, byte => byte.toString(16).padStart(2, '0')).join('')
  return others.find(([magic]) => hex.startsWith(magic))?.[1] ?? null
}

/** Whether a file with these first bytes is packed with gzip. */
export function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b
}

/** Whether these are the first four bytes of a zstd frame, or of one to be passed over. */
export function isZstd([a, b, c, d]: Uint8Array): boolean {
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return true
  return a >>> 4 === 0x5 && b === 0x2a && c === 0x4d && d === 0x18
}
