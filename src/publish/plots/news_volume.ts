import type { TopLevelSpec } from 'vega-lite'
import type { VolumeScores } from '../../core/indicators/sentiment/news_join.ts'
import { maximum } from '../../core/math/extremes.ts'
import { colours, fullWidth } from './theme.ts'
import { level, timeAxis } from './time_axis.ts'

const mostPoints = 1200
const mostTickers = 4
/** Microseconds from which an article may still be beside a volume. */
const reach = 60e6
const panelHeight = 110

/** An article as it was joined. */
export interface DrawnArticle {
  ticker: string
  /** Microseconds. */
  time: number
  correlated: boolean
}

export const newsPlots = ['news_volume', 'news_chance'] as const

/** Volume with the articles that came out, and how many of them are beside unusual volume, next to what chance gives. */
export function plotNews(
  scores: ReadonlyMap<string, VolumeScores>,
  articles: readonly DrawnArticle[],
  chance: Readonly<Record<string, number>>,
): Record<(typeof newsPlots)[number], TopLevelSpec> {
  const tickers = [...scores].sort((a, b) => b[1].times.length - a[1].times.length).slice(0, mostTickers)
  return { news_volume: plotVolume(tickers, articles), news_chance: plotChance(articles, chance) }
}

function plotVolume(tickers: [string, VolumeScores][], articles: readonly DrawnArticle[]): TopLevelSpec {
  const spans = new Map(tickers.map(([ticker, { times }]) => [ticker, [times[0], times[times.length - 1]]]))
  const lines = tickers.flatMap(([ticker, { times, z }]) => {
    const step = Math.ceil(times.length / mostPoints)
    // Of each stretch its greatest: that is what articles are joined with.
    return Array.from({ length: Math.ceil(times.length / step) }, (_, i) => {
      const own = Array.from({ length: Math.min(step, times.length - i * step) }, (_, k) => z[i * step + k])
      return { ticker, time: times[i * step] / 1000, value: maximum(own), kind: 'z' }
    })
  })
  const marks = articles
    .filter(({ ticker, time }) => {
      const [from, to] = spans.get(ticker) ?? [Number.POSITIVE_INFINITY, 0]
      return time >= from - reach && time <= to + reach
    })
    .map(({ ticker, time, correlated }) => {
      return { ticker, time: time / 1000, value: 0, kind: correlated ? 'beside unusual volume' : 'not' }
    })
  return {
    ...fullWidth,
    autosize: undefined,
    data: { values: [...lines, ...marks] },
    title: {
      text: 'News and volume',
      subtitle:
        'Line: greatest z of each stretch; dashed: 2, from which on volume is unusual; strokes: articles, orange beside such volume',
    },
    facet: { row: { field: 'ticker', type: 'nominal', title: null, header: { labelAngle: 0, labelAlign: 'left' } } },
    resolve: { scale: { y: 'independent' } },
    spec: {
      ...{ width: 540, height: panelHeight },
      layer: [
        {
          transform: [{ filter: "datum.kind === 'z'" }],
          mark: { type: 'line', strokeWidth: 0.8, color: colours.line },
          encoding: { x: timeAxis, y: level('z of volume', true) },
        },
        {
          transform: [{ filter: "datum.kind !== 'z'" }],
          mark: { type: 'tick', orient: 'vertical', thickness: 1.4, size: 12 },
          encoding: {
            ...{ x: timeAxis, y: { value: panelHeight - 6 } },
            color: {
              field: 'kind',
              type: 'nominal',
              scale: { domain: ['beside unusual volume', 'not'], range: [colours.positive, colours.faint] },
              legend: null,
            },
          },
        },
        {
          mark: { type: 'rule', strokeDash: [5, 3], strokeWidth: 1, color: colours.ink },
          encoding: { y: { datum: 2, type: 'quantitative' } },
        },
      ],
    },
  } as TopLevelSpec
}

function plotChance(articles: readonly DrawnArticle[], chance: Readonly<Record<string, number>>): TopLevelSpec {
  const values = Object.entries(chance).flatMap(([ticker, rate]) => {
    const own = articles.filter(one => one.ticker === ticker)
    const found = own.filter(({ correlated }) => correlated).length
    return [
      { ticker, name: 'articles', value: own.length === 0 ? null : (100 * found) / own.length },
      { ticker, name: 'random seconds', value: 100 * rate },
    ]
  })
  return {
    ...fullWidth,
    data: { values },
    title: {
      text: 'Beside unusual volume: articles, and what chance gives',
      subtitle: 'Shares in percent; articles no more often than random seconds say nothing',
    },
    height: 150,
    mark: { type: 'bar' },
    encoding: {
      x: { field: 'ticker', type: 'nominal', title: null, axis: { labelAngle: 0 } },
      xOffset: { field: 'name' },
      y: level('Share (%)', true),
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        scale: { domain: ['articles', 'random seconds'], range: [colours.line, colours.faint] },
      },
    },
  }
}
