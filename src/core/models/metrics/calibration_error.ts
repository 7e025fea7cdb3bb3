/** Expected calibration error: mean of |share of positives - mean prediction| over ten bins (a, b], by their rows. */
export function calibrationError(bins: { predicted: number; observed: number; rows: number }[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0)
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.observed - bin.predicted), 0)
}
