import type { Micros } from '../../core/events/event.ts'

/** A repeat comes with a reconnect, seconds later; of what is older the order of time says that it is late. */
const remembered: Micros = 10e6

/**
 * The ids of the trades of the last ten seconds of trading. They lie in two maps by age, and the older one is dropped whole: a map whose
 * oldest entries are taken out one by one is walked through from its first hole each time.
 */
export class RecentIds {
  private young = new Map<string, Micros>()
  private old = new Map<string, Micros>()
  private youngFrom: Micros = 0
  private newest: Micros = 0

  has(id: string): boolean {
    const time = this.young.get(id) ?? this.old.get(id)
    return time !== undefined && time >= this.newest - remembered
  }

  /** @param time not before that of any other. */
  add(id: string, time: Micros): void {
    this.newest = time
    if (time - this.youngFrom > remembered) {
      this.old = this.young
      this.young = new Map()
      this.youngFrom = time
    }
    this.young.set(id, time)
  }
}
