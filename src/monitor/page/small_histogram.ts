import { maximum } from '../../core/math/extremes.ts'

const width = 130
const height = 36

/** Both sides of a column in one small picture: the reference filled, the current side as a line. */
export function renderSmallHistogram(reference: number[], current: number[]): string {
  const sides = [reference, current].map(toShares)
  const most = Math.max(maximum(sides.flat()), 1e-9)
  const [area, line] = sides.map(shares => drawSteps(shares, most))
  return `<svg class="small" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true"><path class="reference-area" d="${area}"/><path class="current-line" d="${line}"/></svg>`
}

function drawSteps(shares: number[], most: number): string {
  const floor = height - 1
  const step = width / shares.length
  const steps = shares.map((share, i) => `V${round(floor - (share / most) * (height - 3))}H${round((i + 1) * step)}`)
  return `M0 ${floor}${steps.join('')}V${floor}`
}

function toShares(counts: number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1
  return counts.map(count => count / total)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
