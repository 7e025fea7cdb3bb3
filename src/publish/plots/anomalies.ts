import type { TopLevelSpec } from 'vega-lite'
import type { AggregatedTrades } from '../../jobs/equities/aggregate.ts'
import { colours, fullWidth, subtitle } from './theme.ts'
import { level, timeAxis } from './time_axis.ts'

/** Points of a line: more than there are pixels. */
const mostPoints = 1200
/** Tickers that are drawn, those with the most trades. */
const mostTickers = 4
const lineColours = [colours.line, colours.positive, '#009e73', colours.ink]

/** Prices with the trades that stand apart, and the share of them model by model. */
export const anomalyPlots = ['anomalies', 'flagged_share'] as const

/** @param contamination the share that a model flags of the trades that it was made of; null for a fixed line. */
export function plotAnomalies(
  { trades }: AggregatedTrades,
  simulated: boolean,
  contamination: number | null,
): Record<(typeof anomalyPlots)[number], TopLevelSpec> {
  const byTicker = [...Map.groupBy(trades, ({ ticker }) => ticker)]
  const drawn = byTicker.sort((a, b) => b[1].length - a[1].length).slice(0, mostTickers)
  return { anomalies: plotPrices(drawn, simulated), flagged_share: plotShares(drawn, simulated, contamination) }
}

type Ticker = [ticker: string, trades: AggregatedTrades['trades']]

function plotPrices(tickers: Ticker[], simulated: boolean): TopLevelSpec {
  const points = tickers.flatMap(([ticker, trades]) => {
    const step = Math.ceil(trades.length / mostPoints)
    const isKept = (i: number): boolean => i % step === 0 || trades[i].anomaly === true
    return trades.flatMap(({ time, price, anomaly }, i) =>
      isKept(i) ? [{ ticker, time: time / 1000, value: price, apart: anomaly === true }] : [],
    )
  })
  return {
    ...fullWidth,
    autosize: undefined,
    width: 540,
    data: { values: points },
    title: {
      text: 'Trades that stand apart',
      subtitle: subtitle(simulated, 'Line: price; points: trades that the Isolation Forest of the last thousand flags'),
    },
    facet: { row: { field: 'ticker', type: 'nominal', title: null, header: { labelAngle: 0, labelAlign: 'left' } } },
    resolve: { scale: { y: 'independent' } },
    spec: {
      ...{ width: 540, height: 110 },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1, color: colours.line },
          encoding: { x: timeAxis, y: level('Price', false) },
        },
        {
          transform: [{ filter: 'datum.apart' }],
          mark: { type: 'point', filled: true, size: 18, opacity: 0.9, color: colours.positive },
          encoding: { x: timeAxis, y: level('Price', false) },
        },
      ],
    },
  } as TopLevelSpec
}

function plotShares(tickers: Ticker[], simulated: boolean, contamination: number | null): TopLevelSpec {
  const values = tickers.flatMap(([ticker, trades]) =>
    [...Map.groupBy(trades, ({ model_version }) => model_version)].flatMap(([model, own]) =>
      model === null
        ? []
        : [{ ticker, model, value: (100 * own.filter(({ anomaly }) => anomaly).length) / own.length }],
    ),
  )
  const line =
    contamination === null
      ? 'the fixed line of -0.5 has no share of its own'
      : `Dashed: ${100 * contamination} %, the share of its own thousand`
  return {
    ...fullWidth,
    title: {
      text: 'Share of trades that a model flags of those that came after it was made',
      subtitle: subtitle(simulated, line),
    },
    height: 150,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: { size: 18 }, strokeWidth: 1 },
        encoding: {
          x: { field: 'model', type: 'quantitative', title: 'Model, one each 500 trades', axis: { tickMinStep: 1 } },
          y: level('Flagged (%)', true),
          color: { field: 'ticker', type: 'nominal', title: null, scale: { range: lineColours } },
        },
      },
      {
        data: { values: contamination === null ? [] : [{ value: 100 * contamination }] },
        mark: { type: 'rule', strokeDash: [5, 3], strokeWidth: 1.2, color: colours.ink },
        encoding: { y: { field: 'value', type: 'quantitative' } },
      },
    ],
  }
}
