import { crc32 } from 'node:zlib'

/** CRC-32 over a record's place, key and value: what was stored is what is read, and at its place. A committed position has its group for key. */
export function checksumOf(partition: number, offset: number, key: string, value: Uint8Array): number {
  return crc32(value, crc32(`${partition} ${offset} ${key} `))
}
