import type { Series } from './series.ts'

const size = { width: 420, height: 180, left: 72, right: 8, top: 10, bottom: 26 }
const day = 86_400e6
const svgSpace = 'http://www.w3.org/2000/svg'

/** A picture of a series: a band from the lowest to the highest value of each span, broken where there is none. */
export function drawSeries(series: Series, title: string): SVGSVGElement {
  const svg = element('svg', { viewBox: `0 0 ${size.width} ${size.height}`, role: 'img', class: 'plot' })
  svg.append(element('title', {}, title))
  const [low, high] = extent(series)
  if (Number.isNaN(low)) {
    svg.append(element('text', { x: size.width / 2, y: size.height / 2, 'text-anchor': 'middle' }, 'no value'))
    return svg
  }
  const x = (share: number): number => size.left + share * (size.width - size.left - size.right)
  const y = (value: number): number =>
    size.top + (high === low ? 0.5 : (high - value) / (high - low)) * (size.height - size.top - size.bottom)
  for (const value of high === low ? [low] : [low, (low + high) / 2, high]) {
    svg.append(element('line', { x1: x(0), x2: x(1), y1: y(value), y2: y(value), class: 'grid' }))
    const place = { x: size.left - 6, y: y(value) + 4, 'text-anchor': 'end' }
    svg.append(element('text', place, label(value, high - low)))
  }
  const isLong = series.to - series.from > day
  for (const [share, anchor] of [
    [0, 'start'],
    [0.5, 'middle'],
    [1, 'end'],
  ] as const) {
    const time = (isLong ? dayOf : clockOf)(series.from + share * (series.to - series.from))
    svg.append(element('text', { x: x(share), y: size.height - 6, 'text-anchor': anchor }, time))
  }
  svg.append(element('path', { d: bandOf(series, x, y), class: 'band' }))
  return svg
}

/** The lowest and highest value; NaN where there is none. */
export function extent({ lowest, highest }: Series): [number, number] {
  let low = Number.NaN
  let high = Number.NaN
  for (const value of lowest) if (!(low <= value) && !Number.isNaN(value)) low = value
  for (const value of highest) if (!(high >= value) && !Number.isNaN(value)) high = value
  return [low, high]
}

/** Of a time of day in UTC, from microseconds since the epoch. */
export function clockOf(micros: number): string {
  return new Date(micros / 1000).toISOString().slice(11, 19)
}

function dayOf(micros: number): string {
  return new Date(micros / 1000).toISOString().slice(5, 16).replace('T', ' ')
}

function bandOf({ lowest, highest }: Series, x: (share: number) => number, y: (value: number) => number): string {
  const spans = lowest.length
  let path = ''
  let before = false
  for (let span = 0; span < spans; span++) {
    const isThere = !Number.isNaN(lowest[span])
    if (isThere) {
      const at = x((span + 0.5) / spans).toFixed(1)
      path += `${before ? 'L' : 'M'}${at},${y(highest[span]).toFixed(1)}L${at},${(y(lowest[span]) + 0.1).toFixed(1)}`
    }
    before = isThere
  }
  return path
}

function label(value: number, spread: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1)
  const digits = spread === 0 ? 2 : Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(spread))))
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: Math.min(2, digits) })
}

function element<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
  text?: string,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(svgSpace, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  if (text !== undefined) made.textContent = text
  return made
}
