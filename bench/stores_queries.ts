/** What a dashboard asks, by name; what goes over days of all products asks the hours. */
export function postgresQueries(now: string): Record<string, string> {
  const since = (ago: string): string => `window_start > timestamptz '${now}' - interval '${ago}'`
  return {
    'last hour, all products, a minute': `SELECT window_start, sum(notional) FROM market_windows WHERE ${since('1 hour')} GROUP BY 1 ORDER BY 1`,
    'one product, 24 h': `SELECT window_start, vwap, moving_average, price_std, volume FROM market_windows WHERE product = 'P042-USD' AND ${since('24 hours')} ORDER BY 1`,
    'ten most volatile, last hour': `SELECT product, max(price_std / close) FROM market_windows WHERE ${since('1 hour')} GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
    'latest row of each product': `SELECT DISTINCT ON (product) product, window_start, vwap FROM market_windows WHERE ${since('10 minutes')} ORDER BY product, window_start DESC`,
    'one product, 7 d, VWAP of 5 minutes': `SELECT date_bin('5 minutes', window_start, 'epoch'), sum(notional) / nullif(sum(volume), 0) FROM market_windows WHERE product = 'P042-USD' AND ${since('7 days')} GROUP BY 1 ORDER BY 1`,
    'volume a product a day, 7 d (hours)': `SELECT product, date_trunc('day', hour), sum(volume), sum(notional) FROM market_windows_hourly WHERE hour > timestamptz '${now}' - interval '7 days' GROUP BY 1, 2`,
    'VWAP a product, 35 d (hours)':
      'SELECT product, sum(notional) / nullif(sum(volume), 0) FROM market_windows_hourly GROUP BY 1',
  }
}

/** The same of Parquet by day, without hours. */
export function lakeQueries(lake: string, now: string): Record<string, string> {
  const from = `read_parquet('${lake}/*/*.parquet', hive_partitioning = true)`
  const since = (ago: string): string =>
    `window_start > timestamptz '${now}' - interval '${ago}' AND dt >= (timestamptz '${now}' - interval '${ago}')::DATE`
  return {
    'last hour, all products, a minute': `SELECT window_start, sum(notional) FROM ${from} WHERE ${since('1 hour')} GROUP BY 1 ORDER BY 1`,
    'one product, 24 h': `SELECT window_start, vwap, moving_average, price_std, volume FROM ${from} WHERE product = 'P042-USD' AND ${since('24 hours')} ORDER BY 1`,
    'ten most volatile, last hour': `SELECT product, max(price_std / close) FROM ${from} WHERE ${since('1 hour')} GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
    'latest row of each product': `SELECT product, max_by(vwap, window_start) FROM ${from} WHERE ${since('10 minutes')} GROUP BY 1`,
    'one product, 7 d, VWAP of 5 minutes': `SELECT time_bucket(interval '5 minutes', window_start), sum(notional) / nullif(sum(volume), 0) FROM ${from} WHERE product = 'P042-USD' AND ${since('7 days')} GROUP BY 1 ORDER BY 1`,
    'volume a product a day, 7 d': `SELECT product, dt, sum(volume), sum(notional) FROM ${from} WHERE ${since('7 days')} GROUP BY 1, 2`,
    'VWAP a product, 35 d': `SELECT product, sum(notional) / nullif(sum(volume), 0) FROM ${from} GROUP BY 1`,
  }
}
