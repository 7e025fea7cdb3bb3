import type { Micros } from '../../core/events/event.ts'

/** A repeat comes with a reconnect, seconds later; of what is older the order of time says that it is late. */
const remembered: Micros = 10e6

/** The ids of the trades of the last ten seconds of trading. */
export class RecentIds {
  private readonly times = new Map<string, Micros>()

  has(id: string): boolean {
    return this.times.has(id)
  }

  /** @param time not before that of any other. */
  add(id: string, time: Micros): void {
    this.times.set(id, time)
    for (const [oldest, at] of this.times) {
      if (at >= time - remembered) return
      this.times.delete(oldest)
    }
  }
}
