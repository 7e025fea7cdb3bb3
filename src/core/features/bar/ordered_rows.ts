import { firstWhere } from '../../math/search.ts'

const firstCapacity = 16

/**
 * Rows of numbers in an order, all in one array that is used again and again: a collector has nothing to move and nothing
 * to free, however many come and go in a second.
 */
export class OrderedRows {
  length = 0
  private readonly width: number
  private values: Float64Array

  /** @param width numbers in a row. */
  constructor(width: number) {
    this.width = width
    this.values = new Float64Array(firstCapacity * width)
  }

  at(row: number, column: number): number {
    return this.values[row * this.width + column]
  }

  /** Makes room for a row at `place`; its numbers are then `set`. */
  insert(place: number): void {
    const { width, length } = this
    if ((length + 1) * width > this.values.length) {
      const larger = new Float64Array(2 * this.values.length)
      larger.set(this.values)
      this.values = larger
    }
    if (place < length) this.values.copyWithin((place + 1) * width, place * width, length * width)
    this.length++
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.width + column] = value
  }

  /** All numbers of a column. */
  column(column: number): number[] {
    const numbers: number[] = []
    for (let row = 0; row < this.length; row++) numbers.push(this.at(row, column))
    return numbers
  }

  /** The first `columns` numbers of each row, one row after the other. */
  heads(columns: number): number[] {
    const numbers: number[] = []
    for (let row = 0; row < this.length; row++)
      for (let column = 0; column < columns; column++) numbers.push(this.at(row, column))
    return numbers
  }

  /**
   * Where a row belongs, -1 when it is there already.
   * @param compare below 0 where the row at that place comes before it, 0 where it is the same.
   */
  placeOf(compare: (row: number) => number): number {
    const place = firstWhere(this.length, row => compare(row) >= 0)
    return place < this.length && compare(place) === 0 ? -1 : place
  }

  clear(): void {
    this.length = 0
  }
}
