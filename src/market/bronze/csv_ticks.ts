import { sideOf } from '../feeds/reading.ts'
import type { BareContent } from './bare_line.ts'
import { type CsvColumn, type CsvLayout, fieldsOf } from './csv_layout.ts'
import { receiptTime } from './receipt_time.ts'

/**
 * Reads the rows of a CSV file of ticks as frames of Coinbase Advanced Trade, numbered as they come: a quote where there are bid
 * and ask, else a trade. A time is a number since the epoch, or RFC 3339 with its zone.
 * @returns for each row what `parseBareLine` gives for a line; null for the header.
 */
export function csvReader({ delimiter, columns, product, hasHeader }: CsvLayout): (row: string) => BareContent | null {
  let isFirst = true
  let sequence = 0
  return row => {
    const isHeader = isFirst && hasHeader
    isFirst = false
    if (isHeader) return null
    const fields = fieldsOf(row, delimiter)
    if (fields.length !== columns.length) return { received_at: null, source: '', text: row, dead: 'bad_csv' }
    const of = (column: CsvColumn): string | undefined => fields[columns.indexOf(column)]
    const frame = frameOf(of, product ?? of('product'), sequence++)
    return { received_at: null, source: '', text: JSON.stringify(frame), frame }
  }
}

function frameOf(of: (column: CsvColumn) => string | undefined, product_id: string | undefined, sequence_num: number) {
  const time = timestampOf(of('time'))
  const envelope = { timestamp: time, sequence_num }
  if (of('bid') !== undefined && of('ask') !== undefined) {
    const quote = { best_bid: of('bid'), best_ask: of('ask'), price: of('price') }
    const ticker = { product_id, ...quote, best_bid_quantity: of('bid_size'), best_ask_quantity: of('ask_size') }
    return { channel: 'ticker', ...envelope, events: [{ type: 'update', tickers: [ticker] }] }
  }
  // The wire has the side of the maker.
  const side = sideOf(of('side'), true) ?? undefined
  const trade = {
    product_id,
    trade_id: of('id') ?? `row-${sequence_num}-${time}`,
    price: of('price'),
    size: of('size'),
    time,
    side,
  }
  return { channel: 'market_trades', ...envelope, events: [{ type: 'update', trades: [trade] }] }
}

/** RFC 3339 to the microsecond; what is no time stays as it is, for the feed to refuse. */
function timestampOf(text: string | undefined): string | undefined {
  const micros = receiptTime(text)
  if (micros === null) return text
  const second = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)
  return `${second}.${String(((micros % 1e6) + 1e6) % 1e6).padStart(6, '0')}Z`
}
