import { createHash } from 'node:crypto'
import { featureNames } from './spec.ts'
import type { FeatureTable } from './table.ts'

const nanBits = 0x7ff8000000000000n
const rowsAtOnce = 4096

/**
 * SHA-256 over the feature columns in the order of the spec, rows in (product, time) order, float64 little-endian, one
 * NaN for null, -0 as 0. sigma_future and label are not in it.
 */
export function digestOf(table: FeatureTable): string {
  const hash = createHash('sha256')
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
    hash.update(new Uint8Array(buffer.buffer, 0, place))
  }
  return hash.digest('hex')
}
