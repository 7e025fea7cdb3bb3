/** A set that remembers at least its last `limit` members and at most twice as many. */
export class RecentSet {
  private readonly limit: number
  private current = new Set<string>()
  private previous = new Set<string>()

  constructor(limit: number) {
    this.limit = limit
  }

  /** @returns false when the member is remembered already. */
  add(member: string): boolean {
    if (this.current.has(member) || this.previous.has(member)) return false
    this.current.add(member)
    if (this.current.size >= this.limit) {
      this.previous = this.current
      this.current = new Set()
    }
    return true
  }
}
