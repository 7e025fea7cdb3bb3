/**
 * The one door to logarithms, exponentials and angles, so that every engine gets the same last bit.
 * V8 computes them by its own port of fdlibm, not by the platform's library.
 */
export const log = Math.log
export const exp = Math.exp
export const sin = Math.sin
export const cos = Math.cos

/** Natural logarithm of max(x, floor); NaN stays NaN. */
export function logAbove(x: number, floor: number): number {
  return log(x < floor ? floor : x)
}

/** 1/n for n = 0 … 2047, for running means without a division a step. */
export const reciprocals: Float64Array = Float64Array.from({ length: 2048 }, (_, n) => 1 / n)
