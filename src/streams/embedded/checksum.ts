import { crc32 } from 'node:zlib'
import { corrupt } from './database.ts'

/** A record as the log keeps it. */
export interface RecordRow {
  offset: number
  crc: number
  key: string
  value: Uint8Array<ArrayBuffer>
}

/** CRC-32 over a record's place, key and value: what was stored is what is read, and at its place. A committed position has its group for key. */
export function checksumOf(partition: number, offset: number, key: string, value: Uint8Array): number {
  return crc32(value, crc32(`${partition} ${offset} ${key} `))
}

/** The bytes of a record. @throws SpikeError LOG_CORRUPT when they are not those that were stored. */
export function checkedValue(
  path: string,
  topic: string,
  partition: number,
  { offset, crc, key, value }: RecordRow,
): Buffer {
  if (!(value instanceof Uint8Array) || checksumOf(partition, offset, key, value) !== crc)
    throw corrupt(path, `topic ${topic}, partition ${partition}, offset ${offset} does not match its checksum`)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
