import type { FeatureTable } from '../../core/features/table.ts'
import { type ErrorCode, SpikeError } from '../../errors.ts'
import type { Metadata } from '../../stores/metadata.ts'

interface Head {
  rows: number
  products: [string, number][]
  columns: string[]
  metadata: Metadata
}

/** A table as bytes for another process: a line of JSON, then time, the features and sigma_future as float64. */
export function tableToBytes(table: FeatureTable, metadata: Metadata): Buffer {
  const products: [string, number][] = []
  for (const product of table.product) {
    const last = products.at(-1)
    if (last?.[0] === product) last[1]++
    else products.push([product, 1])
  }
  const columns = Object.keys(table.columns)
  const head: Head = { rows: table.rows, products, columns, metadata }
  const arrays = [table.time, ...columns.map(name => table.columns[name]), table.sigma_future]
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ])
}

/** A fault as bytes in the place of a table. */
export function errorToBytes({ code, faults }: SpikeError): Buffer {
  return Buffer.from(`${JSON.stringify({ code, faults })}\n`)
}

/**
 * What `tableToBytes` wrote.
 * @throws the SpikeError that `errorToBytes` wrote.
 */
export function bytesToTable(bytes: Buffer): { table: FeatureTable; metadata: Metadata } {
  const end = bytes.indexOf(10)
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head | { code: ErrorCode; faults: string[] }
  if ('code' in head) throw new SpikeError(head.code, head.faults)
  const { rows, products, columns, metadata } = head
  const array = (i: number): Float64Array => {
    const copy = new Float64Array(rows)
    bytes.copy(new Uint8Array(copy.buffer), 0, end + 1 + i * copy.byteLength, end + 1 + (i + 1) * copy.byteLength)
    return copy
  }
  return {
    table: {
      rows,
      product: products.flatMap(([product, count]) => new Array<string>(count).fill(product)),
      time: array(0),
      columns: Object.fromEntries(columns.map((name, i) => [name, array(i + 1)])),
      sigma_future: array(columns.length + 1),
    },
    metadata,
  }
}
