/** A slope and the ends of its interval, in units of y an x. */
export interface Slope {
  slope: number
  low: number
  high: number
}

const z95 = 1.96

/**
 * The median of the slopes between all pairs of points, and its 95 % interval from the variance of Kendall's S (Theil, 1950;
 * Sen, 1968). Outliers move it little. Points that hang together (neighbours in time) make the interval too narrow: take
 * medians of blocks.
 * @param points at least 4, with different x.
 */
export function theilSen(points: { x: number; y: number }[]): Slope {
  const slopes: number[] = []
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++) slopes.push((points[j].y - points[i].y) / (points[j].x - points[i].x))
  slopes.sort((a, b) => a - b)
  const n = points.length
  const reach = z95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const at = (place: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))]
  const middle = (slopes.length - 1) / 2
  return {
    slope: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(middle - reach / 2),
    high: at(middle + reach / 2),
  }
}
