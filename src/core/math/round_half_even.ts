const powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]

/**
 * To so many decimal places, from the exact binary value; what lies exactly half-way goes to the even digit, as Python's
 * `round` does (`toFixed` takes it away from zero).
 * @param x below 1e6. @param places 0 to 8.
 */
export function roundHalfEven(x: number, places: number): number {
  const scale = powersOfTen[places]
  const scaled = Math.abs(x) * scale
  const below = Math.floor(scaled)
  const sign = x < 0 ? -1 : 1
  // The product is off by less than this: away from the middle it tells the side.
  const beyond = scaled - below - 0.5
  if (Math.abs(beyond) > 1e-6) return (sign * (beyond > 0 ? below + 1 : below)) / scale
  // A binary fraction lies half-way only as an odd multiple of 2^-(places+1).
  const isHalfway = (Math.abs(x) * (2 << places)) % 2 === 1
  return isHalfway && below % 2 === 0 ? (sign * below) / scale : Number(x.toFixed(places))
}
