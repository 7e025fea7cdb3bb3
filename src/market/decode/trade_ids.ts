import { firstWhere } from '../../core/math/search.ts'

/** Stretches of ids that were seen, from and to included, by rising number. */
export type IdRanges = [from: number, to: number][]

/** Stretches kept a product; beyond them the oldest hole counts as seen, so that no trade ever counts as new twice. */
const rangeLimit = 64

/**
 * Which trades of a product were seen. Ids of one product follow each other without holes, so a few stretches hold them all,
 * and a snapshot of them is small. Ids that are no whole numbers are not remembered.
 */
export class TradeIds {
  private readonly ranges: IdRanges

  constructor(ranges: IdRanges = []) {
    this.ranges = structuredClone(ranges)
  }

  snapshot(): IdRanges {
    return structuredClone(this.ranges)
  }

  has(id: string): boolean {
    const number = numberOf(id)
    const range = this.ranges[this.placeOf(number)]
    return range !== undefined && range[0] <= number
  }

  /** @returns whether the id was not seen before; it is now. */
  add(id: string): boolean {
    const number = numberOf(id)
    if (Number.isNaN(number)) return true
    const { ranges } = this
    const last = ranges.at(-1)
    if (last !== undefined && number === last[1] + 1) {
      last[1] = number
      return true
    }
    const at = this.placeOf(number)
    if (at < ranges.length && ranges[at][0] <= number) return false
    const joinsBefore = at > 0 && ranges[at - 1][1] === number - 1
    const joinsAfter = at < ranges.length && ranges[at][0] === number + 1
    if (joinsBefore && joinsAfter) {
      ranges[at - 1][1] = ranges[at][1]
      ranges.splice(at, 1)
    } else if (joinsBefore) ranges[at - 1][1] = number
    else if (joinsAfter) ranges[at][0] = number
    else ranges.splice(at, 0, [number, number])
    if (ranges.length > rangeLimit) ranges.splice(0, 2, [ranges[0][0], ranges[1][1]])
    return true
  }

  /** The first range that does not end before the number. */
  private placeOf(number: number): number {
    return firstWhere(this.ranges.length, place => this.ranges[place][1] >= number)
  }
}

/** The whole number that an id is, as it is written; NaN for any other id, such as `0x10` or `007`. */
function numberOf(id: string): number {
  if (id === '' || id.length > longestSafe || (id.startsWith('0') && id !== '0')) return Number.NaN
  let number = 0
  for (let i = 0; i < id.length; i++) {
    const digit = id.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    number = 10 * number + digit
  }
  return Number.isSafeInteger(number) ? number : Number.NaN
}

/** Digits of the largest whole number that is exact. */
const longestSafe = 16
