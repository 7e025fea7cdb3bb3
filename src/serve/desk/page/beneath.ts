import type { Health } from './answers.ts'
import { say, showTable } from './elements.ts'
import { type ProductData, whyEmpty } from './product_data.ts'
import { clock, duration, minute, number, percent, price } from './words.ts'

/** The tables beneath the cards, each one click away. */
export function beneath(current: () => ProductData | null, health: () => Health | null): { show(): void } {
  const refreshes = [
    showTable('windows', () => windowRows(current()), 'no window yet: the first comes with the first trades'),
    showTable('pipeline', () => pipelineRows(health()), 'the API does not say'),
    showTable(
      'price-table',
      () => candleRows(current()),
      'no candle yet: the first is closed after a minute of trades',
    ),
    showTable('rows', () => predictionRows(current()), 'no prediction yet'),
  ]
  return {
    show() {
      for (const refresh of refreshes) refresh()
      const data = current()
      const lacks =
        data?.candles.newest() === undefined
          ? whyEmpty(data, 'no candle yet: the first is closed after a minute of trades')
          : data.indicators.newest() === undefined
            ? whyEmpty(data, 'no averages and no RSI yet: the signals job has written none')
            : ''
      say('price-why', lacks)
    },
  }
}

const yes = (is: boolean): string => (is ? 'yes' : 'no')

function windowRows(data: ProductData | null) {
  const windows = [...(data?.windows ?? [])].flatMap(([length, recent]) =>
    recent.last().map(window => ({ length, window })),
  )
  windows.sort((a, b) => b.window.end - a.window.end || a.length - b.length)
  return {
    names: ['ends (UTC)', 'seconds', 'trades', 'volume', 'VWAP', 'mean', 'revision', 'final'],
    rows: windows
      .slice(0, 80)
      .map(({ length, window }) => [
        ...[clock(window.end), `${length}`, number(window.trades, 0), window.volume ?? '–', price(window.vwap)],
        ...[price(window.moving_average), `${window.revision}`, yes(window.final)],
      ]),
  }
}

function pipelineRows(health: Health | null) {
  if (health === null) return { names: [], rows: [] }
  const { unreadable, too_many_products: tooMany } = health.left_out
  return {
    names: ['part or topic', 'state', 'records', 'lag', 'silent for'],
    rows: [
      ['all', [health.status, ...health.reasons].join('; '), '', number(health.consumer_lag, 0), ''],
      ...health.parts.map(({ name, state, restarts, note }) => [
        name,
        [state, note].filter(Boolean).join(': '),
        `${restarts} restarts`,
        '',
        '',
      ]),
      ...health.topics.map(({ name, there, fault, records, lag, idle_seconds: idle }) => [
        ...[name, fault ?? (there ? 'there' : 'not there yet'), number(records, 0), number(lag, 0), duration(idle)],
      ]),
      ['left out', 'unreadable; of too many products', `${unreadable}; ${tooMany}`, '', ''],
    ],
  }
}

function candleRows(data: ProductData | null) {
  const indicators = data?.indicatorsByStart()
  const spikes = new Map(data?.spikes.last().map(({ time, label }) => [time, label]))
  return {
    names: ['opens (UTC)', 'open', 'high', 'low', 'close', 'volume', 'MA20', 'MA50', 'RSI', 'spike', 'final'],
    rows: (data?.candles.last(240) ?? []).toReversed().map(candle => {
      const found = indicators?.get(candle.start)
      const label = spikes.get(candle.start) ?? null
      return [
        ...[minute(candle.start), price(candle.open), price(candle.high), price(candle.low), price(candle.close)],
        ...[number(candle.volume, 4), price(found?.ma20 ?? null), price(found?.ma50 ?? null), number(found?.rsi, 1)],
        ...[label === null ? '–' : yes(label === 1), yes(candle.final)],
      ]
    }),
  }
}

function predictionRows(data: ProductData | null) {
  return {
    names: ['UTC', 'probability', 'alarm'],
    rows: (data?.predictions.last(60) ?? [])
      .toReversed()
      .map(({ time, probability, alarm }) => [clock(time), percent(probability, 1), yes(alarm)]),
  }
}
