import {
  type CandlestickData,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import type { Candle, Indicators } from './answers.ts'
import type { ProductData } from './product_data.ts'
import { colour } from './theme.ts'
import { digitsOf } from './words.ts'

interface Series {
  candles: ISeriesApi<'Candlestick'>
  spikes: ISeriesApi<'Histogram'>
  volume: ISeriesApi<'Histogram'>
  ma20: ISeriesApi<'Line'>
  ma50: ISeriesApi<'Line'>
  rsi: ISeriesApi<'Line'>
  markers: ISeriesMarkersPluginApi<Time>
}

const shownAtFirst = 120
/** Drawn candles are cut back to those that are held once so many more have come. */
const slack = 360

/** Candles with averages and marks, volume beneath, RSI beneath that. */
export class PriceChart {
  private readonly box: HTMLElement
  private readonly chart: IChartApi
  private readonly series: Series
  private data: ProductData | null = null
  private drawn = 0
  /** Starts of the last candle, and of the last point of the averages. */
  private last = 0
  private lastIndicators = 0

  constructor(box: HTMLElement) {
    this.box = box
    this.chart = createChart(box, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 11 },
      timeScale: { timeVisible: true, rightOffset: 3 },
    })
    this.series = addSeries(this.chart)
    this.paint()
    box.tabIndex = 0
    box.addEventListener('keydown', event => this.move(event))
  }

  /** Draws all of a product anew. */
  show(data: ProductData): void {
    const isOther = this.data !== data
    this.data = data
    const { candles, volume, ma20, ma50, rsi } = this.series
    const held = data.candles.last()
    candles.setData(held.map(candleOf))
    volume.setData(held.map(volumeOf))
    const indicators = data.indicatorsByStart()
    for (const [name, line] of Object.entries({ ma20, ma50, rsi }))
      line.setData(
        held.map(({ start }) => {
          const value = indicators.get(start)?.[name as keyof Indicators] ?? null
          return value === null ? { time: start as UTCTimestamp } : { time: start as UTCTimestamp, value }
        }),
      )
    this.drawn = held.length
    this.last = held.at(-1)?.start ?? 0
    this.lastIndicators = this.last
    this.mark(data)
    const last = held.at(-1)
    if (last !== undefined) this.price(last.close)
    if (isOther)
      this.chart.timeScale().setVisibleLogicalRange({ from: held.length - shownAtFirst, to: held.length + 3 })
    this.note()
  }

  /** Draws one candle that is new or has changed. */
  update(candle: Candle): void {
    if (this.data === null) return
    const isOld = candle.start < this.last
    this.series.candles.update(candleOf(candle), isOld)
    this.series.volume.update(volumeOf(candle), isOld)
    if (candle.start > this.last) {
      this.last = candle.start
      if (++this.drawn > this.data.candles.last().length + slack) this.show(this.data)
    }
    this.note()
  }

  updateIndicators(start: number, { ma20, ma50, rsi }: Indicators): void {
    for (const [line, value] of [
      [this.series.ma20, ma20],
      [this.series.ma50, ma50],
      [this.series.rsi, rsi],
    ] as const)
      if (value !== null) line.update({ time: start as UTCTimestamp, value }, start < this.lastIndicators)
    this.lastIndicators = Math.max(start, this.lastIndicators)
  }

  /** Fills, alarms and spikes. */
  mark(data: ProductData): void {
    const starts = new Set(data.candles.last().map(({ start }) => start))
    const fills: SeriesMarker<Time>[] = data.fills.last().map(({ start, side }) => ({
      time: start as UTCTimestamp,
      position: side === 'BUY' ? 'belowBar' : 'aboveBar',
      shape: side === 'BUY' ? 'arrowUp' : 'arrowDown',
      color: colour('ink'),
      text: side,
    }))
    const predictions = data.predictions.last()
    const onsets = predictions.filter(({ alarm }, i) => alarm && i > 0 && !predictions[i - 1].alarm)
    const alarmed = new Set(onsets.map(({ time }) => Math.floor(time / 60) * 60))
    const alarms: SeriesMarker<Time>[] = [...alarmed].map(time => ({
      time: time as UTCTimestamp,
      position: 'aboveBar',
      shape: 'circle',
      color: colour('alarm'),
      size: 0.6,
    }))
    this.series.markers.setMarkers(
      [...fills, ...alarms].filter(({ time }) => starts.has(time as number)).sort((a, b) => +a.time - +b.time),
    )
    const spikes = data.spikes.last().filter(({ time, label }) => label === 1 && starts.has(time))
    this.series.spikes.setData(spikes.map(({ time }) => ({ time: time as UTCTimestamp, value: 1 })))
  }

  /** Takes the colours of the page. */
  paint(): void {
    const [ground, ink, line, up, down] = ['card', 'soft', 'line', 'up', 'down'].map(colour)
    this.chart.applyOptions({
      layout: { background: { color: ground }, textColor: ink, panes: { separatorColor: line } },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    })
    // An up candle is hollow and a down candle full: no colour is needed to tell them apart.
    this.series.candles.applyOptions({
      ...{
        upColor: ground,
        borderUpColor: up,
        wickUpColor: up,
        downColor: down,
        borderDownColor: down,
        wickDownColor: down,
      },
    })
    this.series.volume.applyOptions({ color: colour('soft') })
    this.series.spikes.applyOptions({ color: colour('spike') })
    this.series.ma20.applyOptions({ color: up })
    this.series.ma50.applyOptions({ color: colour('third') })
    this.series.rsi.applyOptions({ color: up })
    if (this.data !== null) this.mark(this.data)
  }

  private price(close: number): void {
    const precision = digitsOf(close)
    const priceFormat = { type: 'price', precision, minMove: 10 ** -precision } as const
    for (const series of [this.series.candles, this.series.ma20, this.series.ma50]) series.applyOptions({ priceFormat })
  }

  /** What is drawn stands on the element, for tests and for people who look. */
  private note(): void {
    this.box.dataset.candles = `${this.drawn}`
    this.box.dataset.last = `${this.last}`
  }

  private move(event: KeyboardEvent): void {
    const scale = this.chart.timeScale()
    const range = scale.getVisibleLogicalRange()
    const steps: Record<string, [from: number, to: number]> = {
      ...{ ArrowLeft: [-10, -10], ArrowRight: [10, 10], '+': [10, 0], '-': [-10, 0] },
    }
    const step = steps[event.key]
    if (range === null || step === undefined) return
    event.preventDefault()
    const from = range.from + step[0]
    const to = range.to + step[1]
    if (to - from > 5) scale.setVisibleLogicalRange({ from, to })
  }
}

function addSeries(chart: IChartApi): Series {
  const quiet = { priceLineVisible: false, lastValueVisible: false }
  const thin = { ...quiet, lineWidth: 2, crosshairMarkerVisible: false } as const
  const spikes = chart.addSeries(HistogramSeries, { ...quiet, priceScaleId: 'spikes', base: 0 })
  spikes.priceScale().applyOptions({ scaleMargins: { top: 0, bottom: 0 }, visible: false })
  spikes.applyOptions({ autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 1 } }) })
  const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false })
  const ma20 = chart.addSeries(LineSeries, thin)
  const ma50 = chart.addSeries(LineSeries, { ...thin, lineStyle: LineStyle.Dashed })
  const volume = chart.addSeries(HistogramSeries, { ...quiet, priceFormat: { type: 'volume' } }, 1)
  const rsi = chart.addSeries(
    LineSeries,
    { ...thin, lastValueVisible: true, priceFormat: { type: 'price', precision: 0, minMove: 1 } },
    2,
  )
  for (const price of [70, 30])
    rsi.createPriceLine({ price, lineStyle: LineStyle.Dashed, lineWidth: 1, color: '#808890', title: '' })
  for (const [i, share] of [6, 1, 2].entries()) chart.panes()[i].setStretchFactor(share)
  return { candles, spikes, volume, ma20, ma50, rsi, markers: createSeriesMarkers(candles) }
}

function candleOf({ start, open, high, low, close }: Candle): CandlestickData<UTCTimestamp> {
  return { time: start as UTCTimestamp, open, high, low, close }
}

function volumeOf({ start, volume }: Candle): { time: UTCTimestamp; value?: number } {
  return volume === null ? { time: start as UTCTimestamp } : { time: start as UTCTimestamp, value: volume }
}
