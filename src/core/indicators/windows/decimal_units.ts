/** A decimal with eight digits after the point, as a whole number of them; a bigint where a number may not be exact. */
export type Units = number | bigint

export const unitDigits = 8
const unitsOfOne = 1e8
/** Numbers below it are taken in by `ExactSum` and `ExactProductSum` without a bigint. */
export const exactUnits = 0x10_0000_0000_0000
const powersOfTen = Float64Array.from({ length: unitDigits + 1 }, (_, n) => Number(`1e${n}`))
const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/
const zero = 48
const dot = -2

/**
 * The units of a decimal text; its digits beyond the eighth are rounded, a half away from zero.
 * @returns null where the text is no decimal.
 * @example
 * unitsOfText('0.25') // 25_000_000
 */
export function unitsOfText(text: string): Units | null {
  const last = text.length - 1
  if (last < 0 || last > 15) return unitsOfLongText(text)
  let digits = 0
  let decimals = -1
  for (let i = 0; i <= last; i++) {
    const digit = text.charCodeAt(i) - zero
    if (digit >= 0 && digit <= 9) digits = 10 * digits + digit
    else if (digit === dot && decimals < 0 && i > 0 && i < last) decimals = last - i
    else return unitsOfLongText(text)
  }
  if (decimals > unitDigits) return unitsOfLongText(text)
  const units = digits * powersOfTen[unitDigits - (decimals < 0 ? 0 : decimals)]
  return units < exactUnits ? units : unitsOfLongText(text)
}

/** The units of the decimal that a number is written as; null where it is not finite. */
export function unitsOfNumber(value: number): Units | null {
  const units = value * unitsOfOne
  // Below 2^50 the product is less than half a unit off.
  return units >= 0 && units < exactUnits / 4 ? Math.round(units) : unitsOfLongText(String(value))
}

function unitsOfLongText(text: string): Units | null {
  const found = decimal.exec(text)
  if (found === null) return null
  const [, sign, whole, fraction = '', exponent = '0'] = found
  const shift = unitDigits + Number(exponent) - fraction.length
  if (shift > 300) return null
  const digits = BigInt(whole + fraction)
  const power = BigInt(`1${'0'.repeat(Math.abs(shift))}`)
  const size = shift >= 0 ? digits * power : (2n * digits + power) / (2n * power)
  const units = sign === '' ? size : -size
  return size < BigInt(exactUnits) ? Number(units) : units
}

/** The double next to a decimal. */
export function numberOfUnits(units: Units): number {
  return typeof units === 'number' ? units / unitsOfOne : Number(textOfUnits(units, unitDigits))
}

/** A whole number of 10^-digits as decimal text, all digits written. */
export function textOfUnits(units: bigint, digits: number): string {
  const size = (units < 0n ? -units : units).toString().padStart(digits + 1, '0')
  return `${units < 0n ? '-' : ''}${size.slice(0, -digits)}.${size.slice(-digits)}`
}
