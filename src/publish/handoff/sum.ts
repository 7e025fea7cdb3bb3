import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** SHA-256 of a file of any size, as hex digits. */
export function sumOf(path: string): string {
  const hash = createHash('sha256')
  const bytes = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes)) hash.update(bytes.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
