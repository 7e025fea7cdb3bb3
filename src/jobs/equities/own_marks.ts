import type { Micros } from '../../core/events/event.ts'

interface Mark {
  /** Number of a trade of the product; it and all later ones stand at `offset` or behind it. */
  event: number
  time: Micros
  offset: number
}

/** So many trades lie between two marks at least: a restart reads at most so many more than it needs. */
const apart = 100

/** Remembers where the trades of each product stand on the job's own output, so that a restart reads no more of them than it needs. */
export class OwnMarks {
  private readonly marks = new Map<string, Mark[]>()

  note(product: string, mark: Mark): void {
    const marks = this.marks.get(product) ?? []
    this.marks.set(product, marks)
    const last = marks.at(-1)
    if (last !== undefined && mark.event < last.event) marks.length = 0
    if (marks.length === 0 || mark.event >= marks[marks.length - 1].event + apart) marks.push(mark)
  }

  /** The offset from which on all trades stand that a product needs; `end` where it has none. What lies before is forgotten. */
  from(product: string, needs: { event: number; time: Micros }, end: number): number {
    const marks = this.marks.get(product) ?? []
    const isBefore = ({ event, time }: Mark): boolean => event <= needs.event && time <= needs.time
    while (marks.length > 1 && isBefore(marks[1])) marks.shift()
    return marks[0]?.offset ?? end
  }
}
