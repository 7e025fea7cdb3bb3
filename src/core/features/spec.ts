/** Bumped whenever a name, an order or a formula below changes; models refuse rows of another version. */
export const specVersion = '1'

/** Logs and ratios of volatilities use max(x, floor). */
export const volatilityFloor = 1e-7

export interface FeatureSpec {
  name: string
  unit: string
  formula: string
  /** Seconds of bars the value depends on, the bar that ends at T included. */
  lookback: number
  /** When the value is null, beyond the rule for its coverage. */
  nullRule: string
  /** Share of the last `coverageOf` seconds that must hold a mid; 0: always computed. Set from config where `true`. */
  coverageOf: number
  source: string
}

const own = 'design, definitions'
const longest = 1200

function feature(
  name: string,
  unit: string,
  lookback: number,
  formula: string,
  nullRule = '',
  source = own,
  coverageOf = lookback > 1 ? lookback : 0,
): FeatureSpec {
  return { name, unit, formula, lookback, nullRule, coverageOf, source }
}

const realised = 'Andersen, Bollerslev, Diebold, Labys (2003), realised volatility'
const har = 'Corsi (2009), HAR'
const riskMetrics = 'RiskMetrics (1996), exponentially weighted variance, truncated at eight half-lives'
const hawkes = 'Hawkes (1971), exponential kernel, truncated at eight decay times'
const noSizes = 'the feed gives no sizes'

const volatilityWindows = [5, 10, 30, 60, 120, 300, 900]

/** The one list of features: order of columns, names, units, formulas. Everything that names a feature comes from here. */
export const features: FeatureSpec[] = [
  feature('mid', 'quote currency', 1, '(bid+ask)/2 of the last quote of the bar that ends at T, carried up to 10 s'),
  feature('spread_bps', 'bp', 1, '1e4*(ask-bid)/mid of the quote that gave mid'),
  feature('return_1s', 'log return', 2, 'r(T) = ln(mid(T)/mid(T-1))', 'mid(T-1) missing', own, 0),

  ...volatilityWindows.map(n =>
    feature(`volatility_${n}s`, 'log return', n, `sample std of r(T-${n - 1})..r(T)`, 'fewer than 2 returns', realised),
  ),
  ...volatilityWindows.map(n =>
    feature(`log_volatility_${n}s`, 'ln', n, `ln(max(volatility_${n}s, 1e-7))`, `volatility_${n}s null`, realised),
  ),
  ...[
    [10, 60],
    [60, 300],
    [60, 900],
    [300, 900],
  ].map(([short, long]) =>
    feature(
      `volatility_ratio_${short}_${long}`,
      '1',
      long,
      `max(volatility_${short}s, 1e-7)/max(volatility_${long}s, 1e-7)`,
      'either volatility null',
    ),
  ),
  ...[1, 5, 15].map(minutes =>
    feature(
      `har_${minutes}m`,
      'ln',
      60 * minutes,
      `mean of log_volatility_60s at T, T-60, .. over ${minutes} minute${minutes > 1 ? 's' : ''}, of those not null`,
      'no minute with a volatility',
      har,
    ),
  ),
  ...[60, 120].map(h =>
    feature(
      `ewma_volatility_${h}s`,
      'log return',
      8 * h,
      `sqrt(sum w r^2 / sum w), w = 2^(-age/${h}) over the last ${8 * h} s, returns not missing`,
      'no return',
      riskMetrics,
    ),
  ),
  ...[10, 60, 300].map(n =>
    feature(`return_${n}s`, 'log return', n + 1, `ln(mid(T)/mid(T-${n}))`, `mid(T-${n}) missing`, own, 0),
  ),
  ...[10, 60, 300].map(n =>
    feature(`abs_return_${n}s`, 'log return', n + 1, `|return_${n}s|`, `return_${n}s null`, own, 0),
  ),
  feature('mean_abs_return_300s', 'log return', 300, 'mean of |r| over the last 300 s', 'no return', realised),
  feature(
    'volatility_of_volatility_300s',
    'log return',
    360,
    'sample std of volatility_60s at the rows of the last 300 s',
    'fewer than 2 volatilities',
    own,
    300,
  ),
  feature(
    'volatility_zscore_900s',
    '1',
    960,
    '(volatility_60s - m)/max(s, 1e-7), m and s (sample) of volatility_60s at the rows of the last 900 s',
    'volatility_60s null or fewer than 2 of them',
    'the z-score rule of the assignment',
    900,
  ),

  ...[10, 60, 300].map(n => feature(`ticks_${n}s`, 'quotes', n, `quotes in the last ${n} bars`)),
  ...[10, 60, 300].map(n => feature(`trades_${n}s`, 'trades', n, `trades in the last ${n} bars`)),
  ...[60, 300].map(n =>
    feature(
      `mid_changes_${n}s`,
      'changes',
      n,
      `quotes whose mid differs from the quote before, both in the last ${n} bars`,
    ),
  ),
  feature(
    'interarrival_mean_60s',
    's',
    60,
    'mean time between one quote and the next, both in the last 60 bars',
    'fewer than 2 quotes',
  ),
  feature(
    'interarrival_cv_60s',
    '1',
    60,
    'sample std of those times over their mean; 1 for a Poisson stream',
    'fewer than 3 quotes, or mean 0',
  ),
  feature(
    'since_mid_change',
    's',
    900,
    'T less the time of the last quote whose mid differed from the one before it, at most 900 bars earlier',
    'none in the last 900 bars',
    own,
    0,
  ),
  ...[5, 30].map(decay =>
    feature(
      `intensity_${decay}s`,
      'quotes/s',
      8 * decay,
      `sum of quotes(bar) e^(-age/${decay}) / ${decay} over the last ${8 * decay} bars, age in s from the bar's end`,
      '',
      hawkes,
    ),
  ),

  ...[60, 300].flatMap(n => [
    feature(`spread_mean_${n}s`, 'bp', n, `mean of spread_bps over the last ${n} s, seconds with a mid`),
    feature(`spread_max_${n}s`, 'bp', n, `largest spread_bps over the last ${n} s`),
  ]),
  feature('imbalance', '1', 1, '(bid_size-ask_size)/(bid_size+ask_size) of the quote that gave mid', noSizes),
  feature('imbalance_change_10s', '1', 11, 'imbalance(T)-imbalance(T-10)', 'either null', own, 0),
  feature(
    'weighted_mid_bps',
    'bp',
    1,
    '1e4*((bid*ask_size+ask*bid_size)/(bid_size+ask_size)-mid)/mid of the quote that gave mid',
    noSizes,
    'Gatheral, Oomen (2010)',
  ),

  ...[60, 300].map(n =>
    feature(
      `parkinson_${n}s`,
      'log return',
      n,
      `ln(H/L)/sqrt(4 ln 2), H and L the highest and lowest mid of any quote in the last ${n} bars`,
      'no quote',
      'Parkinson (1980)',
    ),
  ),
  feature(
    'bollinger_width_1200s',
    '1',
    longest,
    '4*sample std(mid)/mean(mid) over the last 1200 s',
    'fewer than 2 mids',
    'Bollinger (2001)',
  ),
  feature(
    'roll_300s',
    'bp',
    300,
    '1e4*2*sqrt(max(0,-cov(d_i, d_(i-1))))/mid, d the changes of the last trade price from bar to bar with trades, cov over pairs, divisor their number',
    'fewer than 3 changes',
    'Roll (1984)',
  ),
  feature(
    'amihud_300s',
    'log return per quote currency',
    300,
    'mean of |r|/(price*size traded) over bars with trades and a return',
    'no such bar',
    'Amihud (2002)',
  ),
  feature(
    'kyle_300s',
    'log return per unit of size',
    300,
    'slope of r on signed size traded (buys less sells) over bars with trades and a return',
    'fewer than 3 such bars, or no spread in signed size',
    'Kyle (1985)',
  ),
  feature(
    'trade_imbalance_60s',
    '1',
    60,
    '(bought-sold)/(bought+sold), size by the side of the taker',
    'nothing traded',
  ),

  ...[5, 15, 60].map(minutes =>
    feature(
      `mark_${minutes}m_ahead`,
      '0/1',
      0,
      `1 if a multiple of ${minutes} minutes lies in (T, T+60 s], else 0`,
      '',
      own,
      0,
    ),
  ),
  feature('hour_sin', '1', 0, 'sin(2 pi * hour of day/24), hour with its fraction, UTC', '', own, 0),
  feature('hour_cos', '1', 0, 'cos of the same', '', own, 0),
  feature('weekday_sin', '1', 0, 'sin(2 pi * day of week/7), Monday 0, UTC', '', own, 0),
  feature('weekday_cos', '1', 0, 'cos of the same', '', own, 0),

  ...[60, 300, 900].map(n =>
    feature(`coverage_${n}s`, 'share', n, `share of the last ${n} seconds with a mid`, '', own, 0),
  ),
  feature('since_gap', 's', 900, 'T less the end of the last gap', 'no gap in the last 900 bars', own, 0),
  feature('gaps_300s', 'gaps', 300, 'gaps that ended in the last 300 bars', '', own, 0),
  feature('mid_age', 's', 11, 'seconds for which mid has been carried: 0 to 10', '', own, 0),
]

export const featureNames: string[] = features.map(f => f.name)

/** Position of a feature in a row of values. @throws Error on a name that is not in the spec: a programming mistake. */
export function featureIndex(name: string): number {
  const index = featureNames.indexOf(name)
  if (index < 0) throw new Error(`no feature '${name}' in spec ${specVersion}`)
  return index
}
