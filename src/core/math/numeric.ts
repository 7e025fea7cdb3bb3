/**
 * The one door to logarithms, exponentials and angles. The language leaves their last bits to the engine (Node and Chromium
 * differ), so here they are made of what IEEE 754 rounds in one way only: +, -, *, /. Each result lies within one unit in the
 * last place of the true one.
 *
 * After fdlibm's e_log.c, e_exp.c, e_rem_pio2.c, k_sin.c and k_cos.c. Copyright (C) 1993 by Sun Microsystems, Inc.
 * All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute
 * this software is freely granted, provided that this notice is preserved.
 */

/** ln 2 in two parts, pi/2 in three: whole multiples, up to 2^20, of all but the last are exact. */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
const halfPi1 = 1.5707963267341256
const halfPi2 = 6.077100506303966e-11
const halfPi3 = 2.0222662487959506e-21

/** 2^k at k + 1074, from the smallest that there is to what brings the smallest normal number to 1. */
const powersOfTwo = new Float64Array(1022 + 1074 + 1)
for (let i = 0, power = Number.MIN_VALUE; i < powersOfTwo.length; i++, power *= 2) powersOfTwo[i] = power

/** To look at the upper half of a number: sign, exponent, and the first 20 bits of the significand. */
const bits = new DataView(new ArrayBuffer(8))

/** Natural logarithm; NaN below 0. */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
  return x < 2.2250738585072014e-308 ? logOf(x * 18014398509481984, 54) : logOf(x, 0)
}

/** Logarithm of x / 2^lift. */
function logOf(x: number, lift: number): number {
  // x = 2^k (1 + f), 1 + f from sqrt(1/2) to sqrt(2)
  bits.setFloat64(0, x, true)
  const head = bits.getInt32(4, true)
  const significand = head & 0xfffff
  const exponent = (head >> 20) - 1023 + ((significand + 0x95f64) >> 20)
  const f = x * powersOfTwo[1074 - exponent] - 1
  const k = exponent - lift
  if ((0xfffff & (2 + significand)) < 3) return k * ln2High - (f * f * (0.5 - 0.3333333333333333 * f) - k * ln2Low - f)
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const r =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586))) +
    w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  if (((significand - 0x6147a) | (0x6b851 - significand)) <= 0) return k * ln2High - (s * (f - r) - k * ln2Low - f)
  const half = 0.5 * f * f
  return k * ln2High - (half - (s * (half + r) + k * ln2Low) - f)
}

/** log(1 + x) of a finite x, as exact for small ones (Kahan's way), within two units in the last place. */
export function log1p(x: number): number {
  const y = 1 + x
  return y === 1 ? x : (log(y) * x) / (y - 1)
}

/** e^x. */
export function exp(x: number): number {
  if (!(x >= -746 && x <= 710)) return x < 0 ? 0 : x * Number.POSITIVE_INFINITY
  // x = k ln 2 + (high - low), the rest at most ln(2)/2 from 0
  const k = Math.abs(x) > 0.34657359027997264 ? Math.trunc(Math.LOG2E * x + (x < 0 ? -0.5 : 0.5)) : 0
  const high = x - k * ln2High
  const low = k * ln2Low
  const r = high - low
  const z = r * r
  const c =
    r -
    z *
      (0.16666666666666602 +
        z *
          (-0.0027777777777015593 +
            z * (0.00006613756321437934 + z * (-0.0000016533902205465252 + z * 4.1381367970572385e-8))))
  const y = 1 - (low - (r * c) / (2 - c) - high)
  // 2^k in two steps: it may be out of range where the result is not
  return y * powersOfTwo[(k >> 1) + 1074] * powersOfTwo[k - (k >> 1) + 1074]
}

/** Sine of an angle in radians; NaN beyond ±1.6 million, where more digits of pi would be needed. */
export function sin(x: number): number {
  return sineOf(x, 0)
}

/** Cosine of an angle in radians; NaN beyond ±1.6 million, where more digits of pi would be needed. */
export function cos(x: number): number {
  return sineOf(x, 1)
}

/** Sine of x plus so many quarter turns. */
function sineOf(x: number, turns: number): number {
  if (!(Math.abs(x) < 1.6e6)) return Number.NaN
  // x = n pi/2 + (y + rest), y at most pi/4 from 0
  const n = Math.abs(x) < Math.PI / 4 ? 0 : Math.round(x * 0.6366197723675814)
  const far = x - n * halfPi1
  const near = far - n * halfPi2
  const lost = n * halfPi3 - (far - near - n * halfPi2)
  const y = near - lost
  const rest = near - y - lost
  const quadrant = (n + turns) & 3
  const value = (quadrant & 1) === 0 ? sineNear0(y, rest) : cosineNear0(y, rest)
  return quadrant < 2 ? value : -value
}

function sineNear0(x: number, rest: number): number {
  const z = x * x
  const v = z * x
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 +
        z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)))
  if (rest === 0) return x + v * (-0.16666666666666632 + z * r)
  return x - (z * (0.5 * rest - v * r) - rest - v * -0.16666666666666632)
}

function cosineNear0(x: number, rest: number): number {
  const z = x * x
  const w = z * z
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 0.00002480158728947673)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))
  const half = 0.5 * z
  const most = 1 - half
  return most + (1 - most - half + (z * r - x * rest))
}

/** x^2; what `x ** 2` gives in its last bit is the engine's affair. */
export function square(x: number): number {
  return x * x
}

/** Natural logarithm of max(x, floor); NaN stays NaN. */
export function logAbove(x: number, floor: number): number {
  return log(x < floor ? floor : x)
}

/** 1/n for n = 0 … 2047, for running means without a division a step. */
export const reciprocals: Float64Array = Float64Array.from({ length: 2048 }, (_, n) => 1 / n)
