/**
 * A slow second program: rows straight from the definitions, from events, second by second, with plain arrays and two-pass
 * sums. It shares the event type with the engine and nothing else, so that a mistake in one is not a mistake in both.
 */
import type { MarketEvent, Quote, Trade } from '../../features/event.ts'

export interface ReferenceSettings {
  out_of_orderness_s: number
  carry_s: number
  session_reset_s: number
  min_coverage: number
}

type Row = { time: number; values: Record<string, number> }

interface Second {
  quotes: Quote[]
  trades: Trade[]
  gaps: number[]
}

const none = Number.NaN
const num = (text: string | null): number => (text === null ? none : Number(text))
const mean = (xs: number[]): number => (xs.length === 0 ? none : xs.reduce((a, b) => a + b, 0) / xs.length)
const std = (xs: number[]): number => {
  if (xs.length < 2) return none
  if (xs.every(x => x === xs[0])) return 0
  const m = mean(xs)
  return Math.sqrt(xs.reduce((a, x) => a + (x - m) ** 2, 0) / (xs.length - 1))
}
const known = (xs: number[]): number[] => xs.filter(x => !Number.isNaN(x))
const floor = (x: number): number => (Number.isNaN(x) ? none : Math.max(x, 1e-7))

/** Rows of one product, from its events in the order in which they arrive; none of them may be late. */
export function referenceRows(arrived: MarketEvent[], settings: ReferenceSettings): Row[] {
  const events = unique(arrived)
  const highest = Math.max(...events.map(e => e.time))
  const end = Math.floor((highest - settings.out_of_orderness_s * 1e6) / 1e6)
  const active = events.filter(e => e.type === 'quote' || e.type === 'trade').sort((a, b) => a.time - b.time)
  const rows: Row[] = []
  for (let i = 0; i < active.length; ) {
    let j = i + 1
    while (j < active.length && active[j].time - active[j - 1].time < settings.session_reset_s * 1e6) j++
    const from = Math.floor(active[i].time / 1e6)
    const to = Math.min(end, Math.floor(active[j - 1].time / 1e6) + settings.carry_s + 1)
    const next = j < active.length ? Math.floor(active[j].time / 1e6) : Number.POSITIVE_INFINITY
    const inside = events.filter(e => {
      const second = Math.floor(e.time / 1e6)
      return second >= from && second < next
    })
    rows.push(...sessionRows(inside, from, to, settings))
    i = j
  }
  return rows
}

function unique(events: MarketEvent[]): MarketEvent[] {
  const seen = new Set<string>()
  return events.filter(e => {
    const id =
      e.type === 'trade'
        ? `trade ${e.id}`
        : e.type === 'gap'
          ? `gap ${e.connection} ${e.sequence}`
          : `${e.type} ${e.connection} ${e.sequence} ${e.index}`
    if (e.type === 'quote' && !(num(e.bid) > 0 && num(e.ask) > 0)) return false
    if (e.type === 'trade' && !(num(e.price) > 0 && num(e.size) > 0)) return false
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

function quoteOrder(a: MarketEvent, b: MarketEvent): number {
  return (
    a.time - b.time ||
    (a.connection < b.connection ? -1 : a.connection > b.connection ? 1 : 0) ||
    a.sequence - b.sequence ||
    a.index - b.index
  )
}

function sessionRows(events: MarketEvent[], from: number, to: number, settings: ReferenceSettings): Row[] {
  const seconds: Second[] = Array.from({ length: Math.max(0, to - from) }, () => ({ quotes: [], trades: [], gaps: [] }))
  for (const event of events) {
    const second = seconds[Math.floor(event.time / 1e6) - from]
    if (second === undefined) continue
    if (event.type === 'quote') second.quotes.push(event)
    if (event.type === 'trade') second.trades.push(event)
    if (event.type === 'gap') second.gaps.push(event.to)
  }
  for (const second of seconds) {
    second.quotes.sort(quoteOrder)
    second.trades.sort((a, b) => a.time - b.time || a.id.length - b.id.length || (a.id < b.id ? -1 : 1))
  }
  const last: (Quote | null)[] = seconds.map((_, i) => {
    for (let back = 0; back <= settings.carry_s && i - back >= 0; back++) {
      const quotes = seconds[i - back].quotes
      if (quotes.length > 0) return quotes[quotes.length - 1]
    }
    return null
  })
  const midOf = (q: Quote | null): number => (q === null ? none : (num(q.bid) + num(q.ask)) / 2)
  const mid = last.map(midOf)
  const r = mid.map((m, i) => (i === 0 ? none : Math.log(m / mid[i - 1])))
  const rows: Row[] = []
  const volatility60: number[] = []
  for (let i = 0; i < seconds.length; i++) {
    const values = rowAt(i, from + i + 1, seconds, last, mid, r, volatility60, settings)
    volatility60.push(Number.isNaN(mid[i]) ? none : values.volatility_60s)
    if (!Number.isNaN(mid[i])) rows.push({ time: (from + i + 1) * 1e6, values })
  }
  return rows
}

function rowAt(
  i: number,
  time: number,
  seconds: Second[],
  last: (Quote | null)[],
  mid: number[],
  r: number[],
  past60: number[],
  settings: ReferenceSettings,
): Record<string, number> {
  const window = <T>(xs: T[], n: number): T[] => xs.slice(Math.max(0, i - n + 1), i + 1)
  const coverage = (n: number): number => known(window(mid, n)).length / n
  const covered = (n: number, value: number): number => (coverage(n) >= settings.min_coverage ? value : none)
  const at = (xs: number[], back: number): number => (i - back >= 0 ? xs[i - back] : none)
  const v: Record<string, number> = {}

  const quote = last[i]
  const bid = quote ? num(quote.bid) : none
  const ask = quote ? num(quote.ask) : none
  v.mid = mid[i]
  const spreads = last.map(q =>
    q === null ? none : (1e4 * (num(q.ask) - num(q.bid))) / ((num(q.bid) + num(q.ask)) / 2),
  )
  v.spread_bps = spreads[i]
  v.return_1s = r[i]
  for (const n of [5, 10, 30, 60, 120, 300, 900]) {
    v[`volatility_${n}s`] = covered(n, std(known(window(r, n))))
    v[`log_volatility_${n}s`] = Math.log(floor(v[`volatility_${n}s`]))
  }
  for (const [a, b] of [
    [10, 60],
    [60, 300],
    [60, 900],
    [300, 900],
  ])
    v[`volatility_ratio_${a}_${b}`] = floor(v[`volatility_${a}s`]) / floor(v[`volatility_${b}s`])
  const all60 = [...past60, Number.isNaN(mid[i]) ? none : v.volatility_60s]
  for (const minutes of [1, 5, 15]) {
    const logs = known(Array.from({ length: minutes }, (_, k) => (i - 60 * k >= 0 ? all60[i - 60 * k] : none))).map(x =>
      Math.log(floor(x)),
    )
    v[`har_${minutes}m`] = covered(60 * minutes, mean(logs))
  }
  for (const h of [60, 120]) {
    let sum = 0
    let weight = 0
    for (let age = 0; age < 8 * h && i - age >= 0; age++) {
      if (Number.isNaN(r[i - age])) continue
      const w = 2 ** (-age / h)
      sum += w * r[i - age] ** 2
      weight += w
    }
    v[`ewma_volatility_${h}s`] = covered(8 * h, weight > 0 ? Math.sqrt(sum / weight) : none)
  }
  for (const n of [10, 60, 300]) {
    v[`return_${n}s`] = Math.log(mid[i] / at(mid, n))
    v[`abs_return_${n}s`] = Math.abs(v[`return_${n}s`])
  }
  v.mean_abs_return_300s = covered(300, mean(known(window(r, 300)).map(Math.abs)))
  v.volatility_of_volatility_300s = covered(300, std(known(window(all60, 300))))
  const year = known(window(all60, 900))
  v.volatility_zscore_900s = covered(900, year.length >= 2 ? (v.volatility_60s - mean(year)) / floor(std(year)) : none)

  for (const n of [10, 60, 300]) {
    v[`ticks_${n}s`] = covered(
      n,
      window(seconds, n).reduce((sum, s) => sum + s.quotes.length, 0),
    )
    v[`trades_${n}s`] = covered(
      n,
      window(seconds, n).reduce((sum, s) => sum + s.trades.length, 0),
    )
  }
  const mids = (q: Quote): number => (num(q.bid) + num(q.ask)) / 2
  for (const n of [60, 300]) {
    const quotes = window(seconds, n).flatMap(s => s.quotes)
    v[`mid_changes_${n}s`] = covered(n, quotes.filter((q, k) => k > 0 && mids(q) !== mids(quotes[k - 1])).length)
  }
  const minute = window(seconds, 60).flatMap(s => s.quotes)
  const spacing = minute.slice(1).map((q, k) => (q.time - minute[k].time) / 1e6)
  v.interarrival_mean_60s = covered(60, mean(spacing))
  v.interarrival_cv_60s = covered(60, spacing.length >= 2 && mean(spacing) > 0 ? std(spacing) / mean(spacing) : none)
  const reach = window(seconds, 1802).flatMap(s => s.quotes)
  const change = reach.findLast((q, k) => {
    if (k === 0 || Math.floor(q.time / 1e6) < time - 900) return false
    return mids(q) !== mids(reach[k - 1]) && Math.floor(q.time / 1e6) - Math.floor(reach[k - 1].time / 1e6) <= 900
  })
  v.since_mid_change = change ? time - change.time / 1e6 : none
  for (const decay of [5, 30]) {
    let sum = 0
    for (let age = 0; age < 8 * decay && i - age >= 0; age++)
      sum += seconds[i - age].quotes.length * Math.exp(-age / decay)
    v[`intensity_${decay}s`] = covered(8 * decay, sum / decay)
  }
  for (const n of [60, 300]) {
    const known_ = known(window(spreads, n))
    v[`spread_mean_${n}s`] = covered(n, mean(known_))
    v[`spread_max_${n}s`] = covered(n, known_.length > 0 ? Math.max(...known_) : none)
  }
  const imbalances = last.map(q => {
    if (q === null) return none
    const b = num(q.bid_size)
    const a = num(q.ask_size)
    return b >= 0 && a >= 0 && a + b > 0 ? (b - a) / (b + a) : none
  })
  v.imbalance = imbalances[i]
  v.imbalance_change_10s = imbalances[i] - at(imbalances, 10)
  const bs = quote ? num(quote.bid_size) : none
  const as = quote ? num(quote.ask_size) : none
  v.weighted_mid_bps =
    bs >= 0 && as >= 0 && bs + as > 0 ? (1e4 * ((bid * as + ask * bs) / (bs + as) - mid[i])) / mid[i] : none

  for (const n of [60, 300]) {
    const quoted = window(seconds, n)
      .flatMap(s => s.quotes)
      .map(mids)
    v[`parkinson_${n}s`] = covered(
      n,
      quoted.length > 0 ? Math.log(Math.max(...quoted) / Math.min(...quoted)) / Math.sqrt(4 * Math.log(2)) : none,
    )
  }
  const band = known(window(mid, 1200))
  v.bollinger_width_1200s = covered(1200, band.length >= 2 ? (4 * std(band)) / mean(band) : none)

  const trading = window(seconds, 300)
    .map((s, k) => ({ trades: s.trades, r: window(r, 300)[k] }))
    .filter(s => s.trades.length > 0)
  const prices = trading.map(s => num(s.trades[s.trades.length - 1].price))
  const steps = prices.slice(1).map((p, k) => p - prices[k])
  const later = steps.slice(1)
  const earlier = steps.slice(0, -1)
  const covariance = mean(later.map((x, k) => (x - mean(later)) * (earlier[k] - mean(earlier))))
  v.roll_300s = covered(300, steps.length >= 3 ? (1e4 * 2 * Math.sqrt(Math.max(0, -covariance))) / mid[i] : none)
  const withReturn = trading.filter(s => !Number.isNaN(s.r))
  const notional = (trades: Trade[]): number => trades.reduce((sum, t) => sum + num(t.price) * num(t.size), 0)
  const sizeOf = (trades: Trade[], side: string): number =>
    trades.filter(t => t.side === side).reduce((sum, t) => sum + num(t.size), 0)
  v.amihud_300s = covered(300, mean(withReturn.map(s => Math.abs(s.r) / notional(s.trades))))
  const x = withReturn.map(s => sizeOf(s.trades, 'buy') - sizeOf(s.trades, 'sell'))
  const y = withReturn.map(s => s.r)
  const mx = mean(x)
  const my = mean(y)
  const varies = x.length >= 3 && x.some(value => value !== x[0])
  v.kyle_300s = covered(
    300,
    varies
      ? x.reduce((a, value, k) => a + (value - mx) * (y[k] - my), 0) / x.reduce((a, value) => a + (value - mx) ** 2, 0)
      : none,
  )
  const minuteTrades = window(seconds, 60).flatMap(s => s.trades)
  const bought = sizeOf(minuteTrades, 'buy')
  const sold = sizeOf(minuteTrades, 'sell')
  v.trade_imbalance_60s = covered(60, bought + sold > 0 ? (bought - sold) / (bought + sold) : none)

  for (const minutes of [5, 15, 60]) {
    let ahead = 0
    for (let t = time + 1; t <= time + 60; t++) if (t % (60 * minutes) === 0) ahead = 1
    v[`mark_${minutes}m_ahead`] = ahead
  }
  const date = new Date(time * 1000)
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60 + date.getUTCSeconds() / 3600
  const weekday = (date.getUTCDay() + 6) % 7
  v.hour_sin = Math.sin((2 * Math.PI * hour) / 24)
  v.hour_cos = Math.cos((2 * Math.PI * hour) / 24)
  v.weekday_sin = Math.sin((2 * Math.PI * weekday) / 7)
  v.weekday_cos = Math.cos((2 * Math.PI * weekday) / 7)

  for (const n of [60, 300, 900]) v[`coverage_${n}s`] = coverage(n)
  const gaps = window(seconds, 900).flatMap(s => s.gaps)
  v.since_gap = gaps.length > 0 ? time - Math.max(...gaps) / 1e6 : none
  v.gaps_300s = window(seconds, 300).flatMap(s => s.gaps).length
  v.mid_age = quote ? time - 1 - Math.floor(quote.time / 1e6) : none
  return v
}
