import type { Row } from '../tables.ts'

const sums = ['windows', 'trades', 'volume', 'notional']
const onHour = `ON CONFLICT (product, hour, seconds) DO UPDATE SET ${sums.map(column => `${column} = h.${column} + excluded.${column}`).join(', ')}`

/** Windows that do not overlap, summed by hour: `seconds` is their length. */
export const createHours = `
CREATE TABLE market_windows_hourly (product text NOT NULL, hour timestamptz NOT NULL, seconds integer NOT NULL,
  windows bigint NOT NULL, trades bigint NOT NULL, volume numeric NOT NULL, notional numeric NOT NULL,
  PRIMARY KEY (product, hour, seconds));
CREATE INDEX market_windows_hourly_hour ON market_windows_hourly (hour);
CREATE VIEW market_windows_latest AS SELECT DISTINCT ON (product, window_end - window_start) *
  FROM market_windows ORDER BY product, window_end - window_start, window_start DESC;
`

/**
 * Adds to the hours what windows `s` hold beyond `before`, which they replace.
 * @param before such as `coalesce(w.$, 0)`, `$` for a column. @param isNew which of them count as windows more.
 */
export function sumByHour(from: string, before: string, isNew: string): string {
  const seconds = 'extract(epoch FROM s.window_end - s.window_start)::bigint'
  const more = (column: string): string => `sum(coalesce(s.${column}, 0) - ${before.replace('$', column)})`
  return `INSERT INTO market_windows_hourly AS h (product, hour, seconds, ${sums.join(', ')})
SELECT s.product, date_trunc('hour', s.window_start, 'UTC'), ${seconds}, count(*) FILTER (WHERE ${isNew}),
  ${sums.slice(1).map(more).join(', ')}
${from} ${from.includes('WHERE') ? 'AND' : 'WHERE'} extract(epoch FROM s.window_start)::bigint % nullif(${seconds}, 0) = 0
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
${onHour}`
}

/** Adds what `hoursOf` told, as JSON. */
export const addHours = `INSERT INTO market_windows_hourly AS h (product, hour, seconds, ${sums.join(', ')})
SELECT product, to_timestamp(hour), seconds, ${sums.join(', ')} FROM json_to_recordset($1)
  AS told (product text, hour bigint, seconds integer, windows bigint, trades bigint, volume numeric, notional numeric)
${onHour}`

interface Hour {
  product: string
  hour: number
  seconds: number
  windows: number
  trades: number
  volume: Decimal
  notional: Decimal
}

/** The hours of windows that are all new, in the order of their keys. */
export function hoursOf(rows: Row[]): object[] {
  const byKey = new Map<string, Hour>()
  for (const row of rows) {
    const [product, start] = [String(row.product), Number(row.window_start)]
    const seconds = Number(row.window_end) - start
    if (seconds <= 0 || start % seconds !== 0) continue
    const hour = start - (start % 3600)
    const key = `${hour} ${seconds} ${product}`
    let found = byKey.get(key)
    if (found === undefined) {
      found = { product, hour, seconds, windows: 0, trades: 0, volume: new Decimal(), notional: new Decimal() }
      byKey.set(key, found)
    }
    found.windows++
    found.trades += Number(row.trades)
    if (row.volume !== null) found.volume.add(String(row.volume))
    if (row.notional !== null) found.notional.add(String(row.notional))
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, hour]) => hour)
}

/** An exact sum of decimals, of JSON a text. */
class Decimal {
  private units = 0n
  private digits = 0

  add(text: string): void {
    const [whole, fraction = ''] = text.split('.')
    while (this.digits < fraction.length) {
      this.units *= 10n
      this.digits++
    }
    this.units += BigInt(`${whole}${fraction.padEnd(this.digits, '0')}`)
  }

  toJSON(): string {
    return `${this.units}e-${this.digits}`
  }
}
