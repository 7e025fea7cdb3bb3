import { featureNames } from './spec.ts'
import type { FeatureTable } from './table.ts'

const nanBits = 0x7ff8000000000000n
const rowsAtOnce = 4096

/**
 * The bytes whose SHA-256 is the digest of a run: the feature columns in the order of the spec, rows in (product, time) order,
 * float64 little-endian, one NaN for null, -0 as 0. sigma_future and label are not in it. Hashing them is left to the platform:
 * `digestOf` in Node (`src/stores/digest.ts`), `crypto.subtle` in a browser.
 * @returns blocks of 4096 rows; the memory of one is used again for the next, so hash or copy it at once.
 * @example
 * const hash = createHash('sha256')
 * for (const block of digestedBytes(table)) hash.update(block)
 * hash.digest('hex')
 */
export function* digestedBytes(table: FeatureTable): Generator<Uint8Array<ArrayBuffer>> {
  const columns = featureNames.map(name => table.columns[name])
  const buffer = new DataView(new ArrayBuffer(8 * columns.length * rowsAtOnce))
  for (let from = 0; from < table.rows; from += rowsAtOnce) {
    const to = Math.min(table.rows, from + rowsAtOnce)
    let place = 0
    for (let row = from; row < to; row++) {
      for (const column of columns) {
        const value = column[row]
        if (Number.isNaN(value)) buffer.setBigUint64(place, nanBits, true)
        else buffer.setFloat64(place, value + 0, true)
        place += 8
      }
    }
    yield new Uint8Array(buffer.buffer, 0, place)
  }
}
