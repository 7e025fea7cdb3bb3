import { exactUnits, type Units } from './decimal_units.ts'

const half = 0x400_0000
const halfBits = 26n
const limbBits = 52n

/** The exact sum of units, whatever their order. */
export class ExactSum {
  private low = 0
  private high = 0
  private rest = 0n

  add(units: Units): void {
    if (typeof units === 'bigint') {
      this.rest += units
      return
    }
    this.low += units
    if (this.low < exactUnits) return
    this.low -= exactUnits
    this.high++
  }

  get value(): bigint {
    return this.rest + BigInt(this.low) + (BigInt(this.high) << limbBits)
  }
}

/** The exact sum of products of units, in 10^-16, whatever their order: limbs of 26 bits, since no product of two is above 2^52. */
export class ExactProductSum {
  private low = 0
  private middle = 0
  private high = 0
  private rest = 0n

  add(a: Units, b: Units): void {
    if (typeof a === 'bigint' || typeof b === 'bigint') {
      this.rest += BigInt(a) * BigInt(b)
      return
    }
    const a1 = Math.floor(a / half)
    const a0 = a - a1 * half
    const b1 = Math.floor(b / half)
    const b0 = b - b1 * half
    this.low += a0 * b0
    if (this.low >= exactUnits) {
      this.low -= exactUnits
      this.high++
    }
    this.addMiddle(a1 * b0)
    this.addMiddle(a0 * b1)
    this.high += a1 * b1
    if (this.high < exactUnits) return
    this.rest += BigInt(this.high) << limbBits
    this.high = 0
  }

  get value(): bigint {
    return this.rest + BigInt(this.low) + (BigInt(this.middle) << halfBits) + (BigInt(this.high) << limbBits)
  }

  private addMiddle(product: number): void {
    this.middle += product
    if (this.middle < exactUnits) return
    this.middle -= exactUnits
    this.high += half
  }
}
