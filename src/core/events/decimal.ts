const powersOfTen = Float64Array.from({ length: 16 }, (_, n) => Number(`1e${n}`))
/** So many digits make a whole number below 2^53. */
const exactDigits = 15
const zero = 48
const dot = -2

/** Digits, a dot among them at most, a sign before them where it is a minus, an exponent after them at most. */
const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/**
 * The number that a decimal text of the wire stands for, NaN when it stands for none that is finite: the one definition of a
 * price and a size, for feeds, engine and check alike. Of a decimal it is what `Number` gives, bit for bit, and faster: a short
 * text is a whole number over a power of ten, both exact, so one division rounds once (Clinger, 1990).
 */
export function parseDecimal(text: string | null): number {
  if (text === null) return Number.NaN
  const last = text.length - 1
  if (last >= exactDigits) return parseAny(text)
  let digits = 0
  let decimals = -1
  for (let i = 0; i <= last; i++) {
    const digit = text.charCodeAt(i) - zero
    if (digit >= 0 && digit <= 9) digits = 10 * digits + digit
    else if (digit === dot && decimals < 0 && i > 0 && i < last) decimals = last - i
    else return parseAny(text)
  }
  if (last < 0) return Number.NaN
  return decimals > 0 ? digits / powersOfTen[decimals] : digits
}

function parseAny(text: string): number {
  const number = decimal.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : Number.NaN
}
