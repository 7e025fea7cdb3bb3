import type { Micros } from '../events/event.ts'
import { featureNames } from './spec.ts'
import type { FeatureTable } from './table.ts'

/** Blocks of some megabytes go back to the system when they are freed; smaller ones do not. */
const blockRows = 8192
const width = featureNames.length

/** Gives the memory back at once where the engine can (Node 20 cannot); else the garbage collector does. */
function release(buffer: ArrayBuffer & { transfer?(length: number): ArrayBuffer }): void {
  buffer.transfer?.(0)
}

/** Rows of one product as they come, time ascending; in blocks, so that no row is ever moved. */
class ProductRows {
  readonly blocks: { times: Float64Array; values: Float64Array<ArrayBuffer> }[] = []
  length = 0

  add(time: Micros, values: ArrayLike<number>): void {
    const place = this.length++ % blockRows
    if (place === 0)
      this.blocks.push({ times: new Float64Array(blockRows), values: new Float64Array(blockRows * width) })
    const block = this.blocks[this.blocks.length - 1]
    block.times[place] = time
    block.values.set(values, place * width)
  }
}

/** Collects rows of many products into one table, sorted by (product, time). */
export class RowCollector {
  private readonly byProduct = new Map<string, ProductRows>()

  /** @param values one number a feature in the order of the spec, copied. */
  add(product: string, time: Micros, values: ArrayLike<number>): void {
    let rows = this.byProduct.get(product)
    if (rows === undefined) {
      rows = new ProductRows()
      this.byProduct.set(product, rows)
    }
    rows.add(time, values)
  }

  get rows(): number {
    return [...this.byProduct.values()].reduce((sum, rows) => sum + rows.length, 0)
  }

  /**
   * The table so far; sigma_future is all null. The rows leave the collector, block by block, so that they are never all
   * in memory twice.
   */
  takeTable(): FeatureTable {
    const total = this.rows
    const table: FeatureTable = {
      rows: total,
      product: [],
      time: new Float64Array(total),
      columns: Object.fromEntries(featureNames.map(name => [name, new Float64Array(total)])),
      sigma_future: new Float64Array(total).fill(Number.NaN),
    }
    const columns = featureNames.map(name => table.columns[name])
    let place = 0
    for (const product of [...this.byProduct.keys()].sort()) {
      const { blocks, length } = this.byProduct.get(product)!
      const end = place + length
      for (const { times, values } of blocks) {
        for (let row = 0; row < blockRows && place < end; row++, place++) {
          table.product.push(product)
          table.time[place] = times[row]
          for (let i = 0; i < width; i++) columns[i][place] = values[row * width + i]
        }
        release(values.buffer)
      }
    }
    this.byProduct.clear()
    return table
  }
}
