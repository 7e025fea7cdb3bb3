import { formatTime } from '../format.ts'
import type { Quality, SideQuality } from '../quality.ts'
import { escapeHtml } from './html.ts'
import { describeHoles } from './quality_section.ts'

const width = 1000
const left = 150
const lineHeight = 26

/** One bar a side and product from its first to its last row, with its holes cut out; resets outlined. */
export function renderTimeline(quality: Quality): string {
  const sides = (['reference', 'current'] as const).filter(side => quality[side].products.length > 0)
  if (sides.length === 0) return '<p class="soft">The rows carry no time.</p>'
  const times = sides.flatMap(side =>
    quality[side].products.flatMap(line => [Date.parse(line.from), Date.parse(line.to)]),
  )
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const x = (iso: string): number =>
    Math.round((left + ((Date.parse(iso) - first) / (last - first || 1)) * (width - left - 10)) * 10) / 10
  const bars: string[] = []
  let y = 6
  for (const side of sides)
    for (const line of quality[side].products) {
      bars.push(`<text x="0" y="${y + 13}">${escapeHtml(`${side} ${line.product}`)}</text>`)
      bars.push(bar(`${side}-dot`, x(line.from), x(line.to), y))
      for (const hole of quality[side].holes) {
        if (hole.product !== line.product) continue
        bars.push(bar(hole.reset ? 'reset' : 'hole', x(hole.from), x(hole.to), y))
      }
      y += lineHeight
    }
  const label = sides.map(side => `${side}: ${describeHoles(quality[side] as SideQuality)}`).join('; ')
  return `<div class="timeline"><svg viewBox="0 0 ${width} ${y + 20}" role="img" aria-label="Rows over time. ${escapeHtml(label)}">${bars.join('')}<text x="${left}" y="${y + 12}">${formatTime(first * 1000)}</text><text x="${width - 10}" y="${y + 12}" text-anchor="end">${formatTime(last * 1000)} UTC</text></svg></div>
<p class="soft">${escapeHtml(label)}. A reset (outlined) is a hole after which the features start anew.</p>`
}

function bar(className: string, from: number, to: number, y: number): string {
  return `<rect class="${className}" x="${from}" width="${Math.max(Math.round((to - from) * 10) / 10, 0.6)}" y="${y}" height="16"/>`
}
