import type { TopLevelSpec } from 'vega-lite'
import type { StripProduct } from '../strip.ts'
import { colours, subtitle } from '../theme.ts'

/** Mid price above, sigma_future below, over the test segment of one product; spikes shaded, tau drawn in, alarms as a band below. */
export function plotPriceStrip(
  { product, tau, watched, points }: StripProduct,
  prevalence: number,
  simulated: boolean,
): TopLevelSpec {
  const step =
    points.length > 1
      ? (Date.parse(points[points.length - 1].time) - Date.parse(points[0].time)) / (points.length - 1)
      : 1000
  const values = points.map(point => ({ ...point, bp: 1e4 * point.sigma }))
  const episodes = spansOf(points, step, point => point.spike)
  const alarms = spansOf(points, step, point => point.alarm === true)
  const time = { field: 'time', type: 'temporal' as const, scale: { type: 'utc' as const } }
  const shade = {
    data: { values: episodes },
    mark: { type: 'rect' as const, color: colours.positive, opacity: 0.16 },
    encoding: { x: { ...time, field: 'from' }, x2: { field: 'to' } },
  }
  const axis = { format: '%H:%M', tickCount: 8, grid: false, offset: 10 }
  return {
    title: {
      text: `${product}: price and the volatility of the next minute, test segment`,
      subtitle: subtitle(
        simulated,
        `Shaded: label 1 (prevalence over all products ${prevalence.toFixed(3)}); dashed: tau${watched ? `; blue band: ${watched}, at or above its threshold` : ''}`,
      ),
    },
    spacing: 8,
    vconcat: [
      {
        width: 600,
        height: 110,
        layer: [
          shade,
          {
            data: { values },
            mark: { type: 'line', strokeWidth: 1, color: colours.ink },
            encoding: {
              x: { ...time, axis: { ...axis, labels: false, ticks: false }, title: null },
              y: {
                field: 'mid',
                type: 'quantitative',
                scale: { zero: false },
                title: 'Mid (USD)',
                axis: { tickCount: 4 },
              },
            },
          },
        ],
      },
      {
        width: 600,
        height: 110,
        layer: [
          shade,
          {
            data: { values },
            mark: { type: 'line', strokeWidth: 1, color: colours.line },
            encoding: {
              x: { ...time, axis, title: 'Time (UTC)' },
              y: { field: 'bp', type: 'quantitative', title: 'sigma_future (bp)', axis: { tickCount: 4 } },
            },
          },
          {
            data: { values: alarms },
            mark: { type: 'rect', color: colours.line },
            encoding: { x: { ...time, field: 'from' }, x2: { field: 'to' }, y: { value: 112 }, y2: { value: 118 } },
          },
          {
            data: { values: [{ tau: 1e4 * tau }] },
            mark: { type: 'rule', strokeDash: [4, 3], strokeWidth: 1.3, color: colours.positive },
            encoding: { y: { field: 'tau', type: 'quantitative' } },
          },
        ],
      },
    ],
  }
}

/** Runs of points as spans, each at least one step wide. @param step milliseconds between points. */
function spansOf(
  points: StripProduct['points'],
  step: number,
  isIn: (point: StripProduct['points'][number]) => boolean,
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
