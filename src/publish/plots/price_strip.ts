import { maximum, minimum } from '../../core/math/extremes.ts'
import type { StripProduct } from '../strip.ts'
import { cutTime, isInside, type TimePanel, timeScale } from './eda/time_axis.ts'
import { colours, subtitle } from './theme.ts'

type Points = StripProduct['points']

/**
 * Mid price above, sigma_future below, over a stretch of one product; spikes shaded, tau drawn in, alarms as a band below.
 * Stretches with a hole of more than an hour between them have panels of their own.
 */
export function plotPriceStrip(strip: StripProduct, prevalence: number, simulated: boolean, stretch = 'test segment') {
  const { product, watched, points } = strip
  const steps = points.slice(1).map(({ time }, i) => Date.parse(time) - Date.parse(points[i].time))
  const step = steps.length > 0 ? steps.sort((a, b) => a - b)[steps.length >> 1] : 1000
  const panels = cutTime(
    points.map(({ time }) => time),
    step,
    545,
  )
  return {
    title: {
      text: `${product}: price and the volatility of the next minute, ${stretch}`,
      subtitle: subtitle(
        simulated,
        `Shaded: spikes (prevalence over all products ${prevalence.toFixed(3)}); dashed: tau${watched ? `; blue: alarms of ${watched}` : ''}`,
      ),
    },
    spacing: 14,
    hconcat: panels.map((panel, column) => drawPanel(strip, step, panel, panels, column === 0)),
  }
}

function drawPanel(strip: StripProduct, step: number, panel: TimePanel, panels: TimePanel[], isFirst: boolean) {
  const { tau, points } = strip
  const inside = points.filter(({ time }) => isInside(time, panel))
  const values = inside.map(point => ({ ...point, bp: 1e4 * point.sigma }))
  const { axis, ...time } = timeScale(panel, panels)
  const spans = (isIn: (point: Points[number]) => boolean) => spansOf(inside, step, isIn)
  const span = { x: { field: 'from', type: time.type }, x2: { field: 'to' } }
  const shade = {
    data: { values: spans(point => point.spike) },
    mark: { type: 'rect' as const, color: colours.positive, opacity: 0.16 },
    encoding: span,
  }
  const line = (color: string, x: object, y: ReturnType<typeof level>) => ({
    data: { values },
    mark: { type: 'line' as const, strokeWidth: 1, color },
    encoding: { x: { field: 'time', ...time, ...x }, y },
  })
  const isCut = panels.length > 1
  const mids = isCut ? spread(points.map(({ mid }) => mid)) : undefined
  const sigmas = isCut ? [0, 1e4 * Math.max(tau, maximum(points.map(({ sigma }) => sigma)))] : undefined
  const withoutTime = { axis: { ...axis, labels: false, ticks: false }, title: null }
  const withTime = { axis: { ...axis, offset: 10 }, title: isFirst ? 'Time (UTC)' : null }
  const alarms = {
    data: { values: spans(point => point.alarm === true) },
    mark: { type: 'rect' as const, color: colours.line },
    encoding: { ...span, y: { value: 82 }, y2: { value: 88 } },
  }
  const threshold = {
    data: { values: [{ tau: 1e4 * tau }] },
    mark: { type: 'rule' as const, strokeDash: [4, 3], strokeWidth: 1.3, color: colours.positive },
    encoding: { y: { field: 'tau', type: 'quantitative' as const } },
  }
  const size = { width: panel.width, height: 80 }
  const mid = line(colours.ink, withoutTime, level('mid', 'Mid (USD)', mids, isFirst))
  const sigma = line(colours.line, withTime, level('bp', 'sigma_future (bp)', sigmas, isFirst))
  return {
    spacing: 8,
    vconcat: [
      { ...size, layer: [shade, mid] },
      { ...size, layer: [shade, sigma, alarms, threshold] },
    ],
  }
}

/** The upright axis; named and numbered in the first panel alone. */
function level(field: 'mid' | 'bp', title: string, domain: number[] | undefined, isFirst: boolean) {
  return {
    field,
    type: 'quantitative' as const,
    scale: { zero: field === 'bp', ...(domain && { domain, nice: true }) },
    title: isFirst ? title : null,
    axis: { tickCount: 3, labels: isFirst },
  }
}

function spread(values: number[]): [number, number] {
  return [minimum(values), maximum(values)]
}

/** Runs of points as spans, each at least one step wide. @param step milliseconds between points. */
function spansOf(
  points: Points,
  step: number,
  isIn: (point: Points[number]) => boolean,
): { from: string; to: string }[] {
  const spans: { from: string; to: string }[] = []
  let from: string | null = null
  for (let i = 0; i <= points.length; i++) {
    const inside = i < points.length && isIn(points[i])
    if (inside && from === null) from = points[i].time
    if (!inside && from !== null) {
      spans.push({ from, to: new Date(Date.parse(points[i - 1].time) + step).toISOString() })
      from = null
    }
  }
  return spans
}
