import type { TopLevelSpec } from 'vega-lite'
import { unitsOfNumber } from '../../core/indicators/windows/decimal_units.ts'
import { Windows } from '../../core/indicators/windows/windows.ts'
import { seededRandom } from '../../core/math/random.ts'
import { colours, fullWidth, subtitle } from './theme.ts'

const start = 1_775_260_800_000_000
const settings = { length_s: 60, slide_s: 60, lateness_s: 600, lag_s: 0, revise_s: 10 }
const trades = 750
/** Those of the window that come late, by how many seconds. */
const delays = new Map([
  [11, 57],
  [23, 64],
  [31, 173],
  [47, 402],
  [52, 640],
])

/** Revisions of one window of simulated trades, as the operator gives them, each at the highest time then. */
function liveOnce(): object[] {
  const random = seededRandom(60)
  const arriving = Array.from({ length: trades }, (_, i) => ({ time: i + random() * 0.9, id: String(i) }))
    .map(trade => ({ ...trade, at: trade.time + (delays.get(Number(trade.id)) ?? 0) }))
    .sort((a, b) => a.at - b.at)
  const revisions: object[] = []
  let now = 0
  const windows = new Windows(settings, ({ start: from, revision, trades, final }) => {
    if (from === start / 1e6)
      revisions.push({ now, revision, trades, label: final ? `${revision}, final` : `${revision}` })
  })
  for (const [i, { time, id, at }] of arriving.entries()) {
    now = at
    const amount = { price: 67_000, units: unitsOfNumber(67_000)!, size: unitsOfNumber(1) }
    windows.push({ source: 'trades', product: 'BTC-USD', id, time: start + Math.floor(time * 1e6), ...amount }, i)
  }
  return revisions
}

/** One window of simulated trades from its first revision to the final one. */
export function plotWindowLife(): TopLevelSpec {
  const revisions = liveOnce()
  const late = [...delays].map(([id, delay]) => ({ now: id + 0.5 + delay, lost: delay > 600 }))
  const x = {
    field: 'now',
    type: 'quantitative' as const,
    title: 'highest time of the product, seconds after the start of the window',
    scale: { domain: [0, 720] },
    axis: { values: [0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 660, 720], grid: false },
  }
  const y = {
    field: 'trades',
    type: 'quantitative' as const,
    title: 'trades in the revision',
    scale: { domain: [53, 60], nice: false },
  }
  return {
    title: {
      text: 'The life of the window [0, 60) s',
      subtitle: subtitle(
        true,
        'Circles: revisions. Ticks below: late trades as they come, the last one, orange, after the window was final.',
      ),
    },
    ...fullWidth,
    height: 240,
    layer: [
      {
        data: {
          values: [
            { now: 60, text: 'its end' },
            { now: 660, text: 'the watermark reaches its end' },
          ],
        },
        layer: [
          { mark: { type: 'rule', strokeDash: [2, 3], color: colours.faint }, encoding: { x } },
          {
            mark: { type: 'text', align: 'right', dx: -5, dy: -4, fontSize: 10.5, color: '#555555' },
            encoding: { x, y: { value: 9 }, text: { field: 'text' } },
          },
        ],
      },
      {
        data: { values: revisions },
        layer: [
          { mark: { type: 'line', interpolate: 'step-after', color: colours.line }, encoding: { x, y } },
          { mark: { type: 'circle', size: 70, opacity: 1, color: colours.line }, encoding: { x, y } },
          {
            mark: { type: 'text', align: 'left', dx: 7, dy: 10, fontSize: 10.5, color: colours.ink },
            encoding: { x, y, text: { field: 'label' } },
          },
        ],
      },
      {
        data: { values: late },
        mark: { type: 'tick', orient: 'vertical', thickness: 2.5, size: 14 },
        encoding: {
          x,
          y: { datum: 53.5, type: 'quantitative' },
          color: { condition: { test: 'datum.lost', value: colours.positive }, value: colours.line },
        },
      },
    ],
  }
}
