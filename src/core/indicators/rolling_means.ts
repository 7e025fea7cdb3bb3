/**
 * Mean of the last `length` values at each place from `from` on, each folded from the oldest to the newest and divided once: the
 * bits of `RecentValues.mean`. Four windows are folded side by side, so that no addition waits for the one before.
 * @param out takes them, place by place. @param from the first place; its window must lie inside `values`.
 */
export function rollingMeans(values: Float64Array, length: number, out: Float64Array, from: number): void {
  const rows = values.length
  let row = from
  for (; length >= 4 && row + 4 <= rows; row += 4) {
    const first = row - length + 1
    const end = row + 1
    let a = values[first]
    let b = values[first + 1]
    let c = values[first + 2]
    let d = 0
    a += b
    a += c
    b += c
    for (let i = first + 3; i < end; i++) {
      const value = values[i]
      a += value
      b += value
      c += value
      d += value
    }
    out[row] = a / length
    out[row + 1] = (b + values[end]) / length
    out[row + 2] = (c + values[end] + values[end + 1]) / length
    out[row + 3] = (d + values[end] + values[end + 1] + values[end + 2]) / length
  }
  for (; row < rows; row++) {
    let sum = 0
    for (let i = row - length + 1; i <= row; i++) sum += values[i]
    out[row] = sum / length
  }
}

/** Mean of all values up to each of the first places: what the original's windows hold before they are full. */
export function growingMeans(values: Float64Array, out: Float64Array, to: number): void {
  let sum = 0
  for (let row = 0; row < to; row++) {
    sum += values[row]
    out[row] = sum / (row + 1)
  }
}
