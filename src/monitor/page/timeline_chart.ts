import { maximum, minimum } from '../../core/math/extremes.ts'
import { formatDuration, formatTime } from '../format.ts'
import type { Quality, SideQuality } from '../report/quality.ts'
import { escapeHtml } from './html.ts'

const width = 1000
const height = 16

/** One bar a side and product from its first to its last row, with its holes cut out; resets outlined. */
export function renderTimeline(quality: Quality): string {
  const sides = (['reference', 'current'] as const).filter(side => quality[side].products.length > 0)
  if (sides.length === 0) return '<p class="soft">The rows carry no time.</p>'
  const times = sides.flatMap(side =>
    quality[side].products.flatMap(line => [Date.parse(line.from), Date.parse(line.to)]),
  )
  const [first, last] = [minimum(times), maximum(times)]
  const place = (iso: string): number => Math.round(((Date.parse(iso) - first) / (last - first || 1)) * width * 10) / 10
  const bar = (className: string, from: string, to: string): string =>
    `<rect class="${className}" x="${place(from)}" width="${Math.max(place(to) - place(from), 0.6).toFixed(1)}" y="0" height="${height}"/>`
  const tracks = sides.flatMap(side =>
    quality[side].products.map(line => {
      const holes = quality[side].holes
        .filter(hole => hole.product === line.product)
        .map(hole => bar(hole.reset ? 'reset' : 'hole', hole.from, hole.to))
      return `<div class="track"><span>${escapeHtml(`${side} ${line.product}`)}</span><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${bar(`${side}-dot`, line.from, line.to)}${holes.join('')}</svg></div>`
    }),
  )
  const words = sides.map(side => `${side}: ${describeHoles(quality[side])}`).join('; ')
  return `<div class="timeline">${tracks.join('')}<div class="track"><span></span><div class="ends"><span>${formatTime(first * 1000)}</span><span>${formatTime(last * 1000)} UTC</span></div></div></div>
<p class="soft">${escapeHtml(words)}. A reset (outlined) is a hole after which the features start anew.</p>`
}

/** Number of holes and the length of the longest. */
function describeHoles({ products, holes }: SideQuality): string {
  const count = products.reduce((sum, line) => sum + line.holes, 0)
  if (count === 0) return 'no holes'
  return `${count} holes, the longest ${formatDuration(holes[0].seconds)}`
}
