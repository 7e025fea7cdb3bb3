/** The latest numbers of a stream, at most so many. */
export class RecentValues {
  private readonly values: Float64Array
  private next = 0
  /** How many are held. */
  length = 0

  constructor(most: number) {
    this.values = new Float64Array(most)
  }

  get isFull(): boolean {
    return this.length === this.values.length
  }

  push(value: number): void {
    this.values[this.next] = value
    this.next = (this.next + 1) % this.values.length
    if (!this.isFull) this.length++
  }

  /** From the oldest to the newest: a sum that is carried along would drift, and would not be the same after a restart. */
  sum(): number {
    let sum = 0
    for (let i = this.isFull ? this.next : 0; i < this.length; i++) sum += this.values[i]
    if (this.isFull) for (let i = 0; i < this.next; i++) sum += this.values[i]
    return sum
  }

  mean(): number {
    return this.sum() / this.length
  }

  /** Oldest first. */
  toArray(): number[] {
    const array: number[] = []
    if (this.isFull) for (let i = this.next; i < this.length; i++) array.push(this.values[i])
    for (let i = 0; i < (this.isFull ? this.next : this.length); i++) array.push(this.values[i])
    return array
  }

  /** Holds these alone. @param values oldest first, at most as many as it takes. */
  restore(values: readonly number[]): void {
    this.clear()
    for (const value of values) this.push(value)
  }

  clear(): void {
    this.next = 0
    this.length = 0
  }
}
