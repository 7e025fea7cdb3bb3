/** The last so many values by a number that orders them, such as a time; a second value of one number takes the first one's place. */
export class Recent<Value> {
  private readonly most: number
  private readonly keys: number[] = []
  private readonly values: Value[] = []

  constructor(most: number) {
    this.most = most
  }

  /** @param isNewer whether the value replaces the one that has its number already. */
  put(key: number, value: Value, isNewer: (former: Value) => boolean = () => true): void {
    let at = this.keys.length
    while (at > 0 && this.keys[at - 1] > key) at--
    if (at > 0 && this.keys[at - 1] === key) {
      if (isNewer(this.values[at - 1])) this.values[at - 1] = value
      return
    }
    if (at === 0 && this.keys.length >= this.most) return
    this.keys.splice(at, 0, key)
    this.values.splice(at, 0, value)
    if (this.keys.length <= this.most) return
    this.keys.shift()
    this.values.shift()
  }

  /** The newest `count`, oldest first. */
  last(count: number = this.most): Value[] {
    return this.values.slice(-count)
  }

  newest(): Value | undefined {
    return this.values.at(-1)
  }
}
