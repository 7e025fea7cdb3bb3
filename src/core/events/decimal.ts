const powersOfTen = Float64Array.from({ length: 16 }, (_, n) => Number(`1e${n}`))
/** So many digits make a whole number below 2^53. */
const exactDigits = 15
const zero = 48
const dot = -2

/**
 * The number that a decimal text of the wire stands for, NaN when it stands for none: what `Number` gives, bit for bit, and
 * faster. A short text is a whole number over a power of ten, both exact, so one division rounds once (Clinger, 1990).
 */
export function parseDecimal(text: string | null): number {
  if (text === null || text === '') return Number.NaN
  const length = text.length
  if (length > exactDigits) return Number(text)
  let digits = 0
  let decimals = -1
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - zero
    if (digit >= 0 && digit <= 9) digits = 10 * digits + digit
    else if (digit === dot && decimals < 0 && length > 1) decimals = length - i - 1
    else return Number(text)
  }
  return decimals > 0 ? digits / powersOfTen[decimals] : digits
}
