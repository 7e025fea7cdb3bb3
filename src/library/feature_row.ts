/**
 * A row of spec 1: the features at the end of a second; null where a feature has no value. Logs and ratios of
 * volatilities use max(x, 1e-7).
 *
 * Written from src/core/features/spec.ts by `npm run docs`; do not edit by hand.
 */
export interface FeatureRow {
  /** `(bid+ask)/2 of the last quote of the bar that ends at T, carried up to 10 s` (quote currency). Looks back 1 s. Source: design, definitions. */
  mid: number | null
  /** `1e4*(ask-bid)/mid of the quote that gave mid` (bp). Looks back 1 s. Source: design, definitions. */
  spread_bps: number | null
  /** `r(T) = ln(mid(T)/mid(T-1))` (log return). Looks back 2 s. Null when: mid(T-1) missing. Source: design, definitions. */
  return_1s: number | null
  /** `sample std of r(T-4)..r(T)` (log return). Looks back 5 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_5s: number | null
  /** `sample std of r(T-9)..r(T)` (log return). Looks back 10 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_10s: number | null
  /** `sample std of r(T-29)..r(T)` (log return). Looks back 30 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_30s: number | null
  /** `sample std of r(T-59)..r(T)` (log return). Looks back 60 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_60s: number | null
  /** `sample std of r(T-119)..r(T)` (log return). Looks back 120 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_120s: number | null
  /** `sample std of r(T-299)..r(T)` (log return). Looks back 300 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_300s: number | null
  /** `sample std of r(T-899)..r(T)` (log return). Looks back 900 s. Null when: fewer than 2 returns. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  volatility_900s: number | null
  /** `ln(max(volatility_5s, 1e-7))` (ln). Looks back 5 s. Null when: volatility_5s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_5s: number | null
  /** `ln(max(volatility_10s, 1e-7))` (ln). Looks back 10 s. Null when: volatility_10s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_10s: number | null
  /** `ln(max(volatility_30s, 1e-7))` (ln). Looks back 30 s. Null when: volatility_30s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_30s: number | null
  /** `ln(max(volatility_60s, 1e-7))` (ln). Looks back 60 s. Null when: volatility_60s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_60s: number | null
  /** `ln(max(volatility_120s, 1e-7))` (ln). Looks back 120 s. Null when: volatility_120s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_120s: number | null
  /** `ln(max(volatility_300s, 1e-7))` (ln). Looks back 300 s. Null when: volatility_300s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_300s: number | null
  /** `ln(max(volatility_900s, 1e-7))` (ln). Looks back 900 s. Null when: volatility_900s null. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  log_volatility_900s: number | null
  /** `max(volatility_10s, 1e-7)/max(volatility_60s, 1e-7)` (1). Looks back 60 s. Null when: either volatility null. Source: design, definitions. */
  volatility_ratio_10_60: number | null
  /** `max(volatility_60s, 1e-7)/max(volatility_300s, 1e-7)` (1). Looks back 300 s. Null when: either volatility null. Source: design, definitions. */
  volatility_ratio_60_300: number | null
  /** `max(volatility_60s, 1e-7)/max(volatility_900s, 1e-7)` (1). Looks back 900 s. Null when: either volatility null. Source: design, definitions. */
  volatility_ratio_60_900: number | null
  /** `max(volatility_300s, 1e-7)/max(volatility_900s, 1e-7)` (1). Looks back 900 s. Null when: either volatility null. Source: design, definitions. */
  volatility_ratio_300_900: number | null
  /** `mean of log_volatility_60s at T, T-60, .. over 1 minute, of those not null` (ln). Looks back 60 s. Null when: no minute with a volatility. Source: Corsi (2009), HAR. */
  har_1m: number | null
  /** `mean of log_volatility_60s at T, T-60, .. over 5 minutes, of those not null` (ln). Looks back 300 s. Null when: no minute with a volatility. Source: Corsi (2009), HAR. */
  har_5m: number | null
  /** `mean of log_volatility_60s at T, T-60, .. over 15 minutes, of those not null` (ln). Looks back 900 s. Null when: no minute with a volatility. Source: Corsi (2009), HAR. */
  har_15m: number | null
  /** `sqrt(sum w r^2 / sum w), w = 2^(-age/60) over the last 480 s, returns not missing` (log return). Looks back 480 s. Null when: no return. Source: RiskMetrics (1996), exponentially weighted variance, truncated at eight half-lives. */
  ewma_volatility_60s: number | null
  /** `sqrt(sum w r^2 / sum w), w = 2^(-age/120) over the last 960 s, returns not missing` (log return). Looks back 960 s. Null when: no return. Source: RiskMetrics (1996), exponentially weighted variance, truncated at eight half-lives. */
  ewma_volatility_120s: number | null
  /** `ln(mid(T)/mid(T-10))` (log return). Looks back 11 s. Null when: mid(T-10) missing. Source: design, definitions. */
  return_10s: number | null
  /** `ln(mid(T)/mid(T-60))` (log return). Looks back 61 s. Null when: mid(T-60) missing. Source: design, definitions. */
  return_60s: number | null
  /** `ln(mid(T)/mid(T-300))` (log return). Looks back 301 s. Null when: mid(T-300) missing. Source: design, definitions. */
  return_300s: number | null
  /** `|return_10s|` (log return). Looks back 11 s. Null when: return_10s null. Source: design, definitions. */
  abs_return_10s: number | null
  /** `|return_60s|` (log return). Looks back 61 s. Null when: return_60s null. Source: design, definitions. */
  abs_return_60s: number | null
  /** `|return_300s|` (log return). Looks back 301 s. Null when: return_300s null. Source: design, definitions. */
  abs_return_300s: number | null
  /** `mean of |r| over the last 300 s` (log return). Looks back 300 s. Null when: no return. Source: Andersen, Bollerslev, Diebold, Labys (2003), realised volatility. */
  mean_abs_return_300s: number | null
  /** `sample std of volatility_60s at the rows of the last 300 s` (log return). Looks back 360 s. Null when: fewer than 2 volatilities. Source: design, definitions. */
  volatility_of_volatility_300s: number | null
  /** `(volatility_60s - m)/max(s, 1e-7), m and s (sample) of volatility_60s at the rows of the last 900 s` (1). Looks back 960 s. Null when: volatility_60s null or fewer than 2 of them. Source: the z-score rule of the assignment. */
  volatility_zscore_900s: number | null
  /** `quotes in the last 10 bars` (quotes). Looks back 10 s. Source: design, definitions. */
  ticks_10s: number | null
  /** `quotes in the last 60 bars` (quotes). Looks back 60 s. Source: design, definitions. */
  ticks_60s: number | null
  /** `quotes in the last 300 bars` (quotes). Looks back 300 s. Source: design, definitions. */
  ticks_300s: number | null
  /** `trades in the last 10 bars` (trades). Looks back 10 s. Source: design, definitions. */
  trades_10s: number | null
  /** `trades in the last 60 bars` (trades). Looks back 60 s. Source: design, definitions. */
  trades_60s: number | null
  /** `trades in the last 300 bars` (trades). Looks back 300 s. Source: design, definitions. */
  trades_300s: number | null
  /** `quotes whose mid differs from the quote before, both in the last 60 bars` (changes). Looks back 60 s. Source: design, definitions. */
  mid_changes_60s: number | null
  /** `quotes whose mid differs from the quote before, both in the last 300 bars` (changes). Looks back 300 s. Source: design, definitions. */
  mid_changes_300s: number | null
  /** `mean time between one quote and the next, both in the last 60 bars` (s). Looks back 60 s. Null when: fewer than 2 quotes. Source: design, definitions. */
  interarrival_mean_60s: number | null
  /** `sample std of those times over their mean; 1 for a Poisson stream` (1). Looks back 60 s. Null when: fewer than 3 quotes, or mean 0. Source: design, definitions. */
  interarrival_cv_60s: number | null
  /** `T less the time of the last quote whose mid differed from the one before it, at most 900 bars earlier` (s). Looks back 900 s. Null when: none in the last 900 bars. Source: design, definitions. */
  since_mid_change: number | null
  /** `sum of quotes(bar) e^(-age/5) / 5 over the last 40 bars, age in s from the bar's end` (quotes/s). Looks back 40 s. Source: Hawkes (1971), exponential kernel, truncated at eight decay times. */
  intensity_5s: number | null
  /** `sum of quotes(bar) e^(-age/30) / 30 over the last 240 bars, age in s from the bar's end` (quotes/s). Looks back 240 s. Source: Hawkes (1971), exponential kernel, truncated at eight decay times. */
  intensity_30s: number | null
  /** `mean of spread_bps over the last 60 s, seconds with a mid` (bp). Looks back 60 s. Source: design, definitions. */
  spread_mean_60s: number | null
  /** `largest spread_bps over the last 60 s` (bp). Looks back 60 s. Source: design, definitions. */
  spread_max_60s: number | null
  /** `mean of spread_bps over the last 300 s, seconds with a mid` (bp). Looks back 300 s. Source: design, definitions. */
  spread_mean_300s: number | null
  /** `largest spread_bps over the last 300 s` (bp). Looks back 300 s. Source: design, definitions. */
  spread_max_300s: number | null
  /** `(bid_size-ask_size)/(bid_size+ask_size) of the quote that gave mid` (1). Looks back 1 s. Null when: the feed gives no sizes. Source: design, definitions. */
  imbalance: number | null
  /** `imbalance(T)-imbalance(T-10)` (1). Looks back 11 s. Null when: either null. Source: design, definitions. */
  imbalance_change_10s: number | null
  /** `1e4*((bid*ask_size+ask*bid_size)/(bid_size+ask_size)-mid)/mid of the quote that gave mid` (bp). Looks back 1 s. Null when: the feed gives no sizes. Source: Gatheral, Oomen (2010). */
  weighted_mid_bps: number | null
  /** `ln(H/L)/sqrt(4 ln 2), H and L the highest and lowest mid of any quote in the last 60 bars` (log return). Looks back 60 s. Null when: no quote. Source: Parkinson (1980). */
  parkinson_60s: number | null
  /** `ln(H/L)/sqrt(4 ln 2), H and L the highest and lowest mid of any quote in the last 300 bars` (log return). Looks back 300 s. Null when: no quote. Source: Parkinson (1980). */
  parkinson_300s: number | null
  /** `4*sample std(mid)/mean(mid) over the last 1200 s` (1). Looks back 1200 s. Null when: fewer than 2 mids. Source: Bollinger (2001). */
  bollinger_width_1200s: number | null
  /** `1e4*2*sqrt(max(0,-cov(d_i, d_(i-1))))/mid, d the changes of the last trade price from bar to bar with trades, cov over pairs, divisor their number` (bp). Looks back 300 s. Null when: fewer than 3 changes. Source: Roll (1984). */
  roll_300s: number | null
  /** `mean of |r|/(price*size traded) over bars with trades and a return` (log return per quote currency). Looks back 300 s. Null when: no such bar. Source: Amihud (2002). */
  amihud_300s: number | null
  /** `slope of r on signed size traded (buys less sells) over bars with trades and a return` (log return per unit of size). Looks back 300 s. Null when: fewer than 3 such bars, or no spread in signed size. Source: Kyle (1985). */
  kyle_300s: number | null
  /** `(bought-sold)/(bought+sold), size by the side of the taker` (1). Looks back 60 s. Null when: nothing traded. Source: design, definitions. */
  trade_imbalance_60s: number | null
  /** `1 if a multiple of 5 minutes lies in (T, T+60 s], else 0` (0/1). Source: design, definitions. */
  mark_5m_ahead: number | null
  /** `1 if a multiple of 15 minutes lies in (T, T+60 s], else 0` (0/1). Source: design, definitions. */
  mark_15m_ahead: number | null
  /** `1 if a multiple of 60 minutes lies in (T, T+60 s], else 0` (0/1). Source: design, definitions. */
  mark_60m_ahead: number | null
  /** `sin(2 pi * hour of day/24), hour with its fraction, UTC` (1). Source: design, definitions. */
  hour_sin: number | null
  /** `cos of the same` (1). Source: design, definitions. */
  hour_cos: number | null
  /** `sin(2 pi * day of week/7), Monday 0, UTC` (1). Source: design, definitions. */
  weekday_sin: number | null
  /** `cos of the same` (1). Source: design, definitions. */
  weekday_cos: number | null
  /** `share of the last 60 seconds with a mid` (share). Looks back 60 s. Source: design, definitions. */
  coverage_60s: number | null
  /** `share of the last 300 seconds with a mid` (share). Looks back 300 s. Source: design, definitions. */
  coverage_300s: number | null
  /** `share of the last 900 seconds with a mid` (share). Looks back 900 s. Source: design, definitions. */
  coverage_900s: number | null
  /** `T less the end of the last gap` (s). Looks back 900 s. Null when: no gap in the last 900 bars. Source: design, definitions. */
  since_gap: number | null
  /** `gaps that ended in the last 300 bars` (gaps). Looks back 300 s. Source: design, definitions. */
  gaps_300s: number | null
  /** `seconds for which mid has been carried: 0 to 10` (s). Looks back 11 s. Source: design, definitions. */
  mid_age: number | null
}
