/** What a close gained over the one before; 0 where it lost. */
export function gainOf(before: number, close: number): number {
  return Math.max(close - before, 0)
}

/** What a close lost against the one before; 0 where it gained. */
export function lossOf(before: number, close: number): number {
  return gainOf(close, before)
}

/** Relative strength index of mean gain and mean loss: 100 without any loss, 50 where nothing moved. */
export function strengthOf(gain: number, loss: number): number {
  if (loss === 0) return gain === 0 ? 50 : 100
  return 100 - 100 / (1 + gain / loss)
}

/** The same of Wilder's averages, as TA-Lib rounds it; where nothing moved TA-Lib says 0, and this 50. */
export function wilderStrengthOf(gain: number, loss: number): number {
  const moved = gain + loss
  return moved === 0 ? 50 : 100 * (gain / moved)
}
