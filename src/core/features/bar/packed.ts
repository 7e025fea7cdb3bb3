import { firstWhere } from '../../math/search.ts'

/** Whole numbers that lie close together, in as few bytes each as their span needs: 0, 1, 2, 4, or 8 as they are. */
export class Packed {
  readonly length: number
  private readonly base: number
  private readonly differences: Uint8Array | Uint16Array | Uint32Array | Float64Array | null

  /** @param values safe integers. */
  constructor(values: number[]) {
    this.length = values.length
    let least = values.length > 0 ? values[0] : 0
    let most = least
    for (const value of values) {
      if (value < least) least = value
      else if (value > most) most = value
    }
    const span = most - least
    this.base = span < 0x1_0000_0000 ? least : 0
    this.differences = span === 0 ? null : new (arrayFor(span))(values.length)
    if (this.differences !== null) for (let i = 0; i < values.length; i++) this.differences[i] = values[i] - this.base
  }

  at(place: number): number {
    return this.differences === null ? this.base : this.base + this.differences[place]
  }

  /** The first place whose value is at least `value`, of values in order. */
  firstFrom(value: number): number {
    return firstWhere(this.length, place => this.at(place) >= value)
  }
}

function arrayFor(span: number) {
  if (span < 0x100) return Uint8Array
  if (span < 0x1_0000) return Uint16Array
  return span < 0x1_0000_0000 ? Uint32Array : Float64Array
}
