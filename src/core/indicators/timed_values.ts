import type { Micros } from '../events/event.ts'
import type { Json } from './indicator.ts'

/** Numbers of the latest stretch of time, oldest first. */
export class TimedValues {
  private times: Micros[] = []
  private values: number[] = []
  private head = 0

  get length(): number {
    return this.times.length - this.head
  }

  push(time: Micros, value: number): void {
    this.times.push(time)
    this.values.push(value)
  }

  /**
   * Forgets what is as old as `time` or older. @param each is told of every value of that.
   * @returns the latest of them; null where nothing was.
   */
  forget(time: Micros, each?: (value: number) => void): number | null {
    let forgotten: number | null = null
    while (this.head < this.times.length && this.times[this.head] <= time) {
      forgotten = this.values[this.head++]
      each?.(forgotten)
    }
    if (this.head > 1024 && this.head > this.length) {
      this.times = this.times.slice(this.head)
      this.values = this.values.slice(this.head)
      this.head = 0
    }
    return forgotten
  }

  /** From the oldest to the newest. */
  sum(): number {
    let sum = 0
    for (let i = this.head; i < this.values.length; i++) sum += this.values[i]
    return sum
  }

  /** Oldest first. */
  latest(): number[] {
    return this.values.slice(this.head)
  }

  clear(): void {
    this.restore({ times: [], values: [] })
  }

  state(): Json {
    return { times: this.times.slice(this.head), values: this.values.slice(this.head) }
  }

  restore(state: Json): void {
    const { times, values } = state as { times: number[]; values: number[] }
    this.times = [...times]
    this.values = [...values]
    this.head = 0
  }
}
