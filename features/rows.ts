import type { Micros } from './event.ts'
import { featureNames } from './spec.ts'
import type { FeatureTable } from './table.ts'

/** Rows of one product as they come, time ascending. */
class ProductRows {
  times = new Float64Array(1024)
  values = new Float64Array(1024 * featureNames.length)
  length = 0

  add(time: Micros, values: ArrayLike<number>): void {
    if (this.length === this.times.length) {
      this.times = grow(this.times)
      this.values = grow(this.values)
    }
    this.times[this.length] = time
    this.values.set(values, this.length * featureNames.length)
    this.length++
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

  /** The table so far; sigma_future is all null. */
  toTable(): FeatureTable {
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
      const { times, values, length } = this.byProduct.get(product)!
      for (let row = 0; row < length; row++, place++) {
        table.product.push(product)
        table.time[place] = times[row]
        for (let i = 0; i < columns.length; i++) columns[i][place] = values[row * columns.length + i]
      }
    }
    return table
  }
}

function grow(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length)
  larger.set(array)
  return larger
}
