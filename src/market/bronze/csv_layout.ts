import { parseDecimal } from '../../core/events/decimal.ts'
import { receiptTime } from './receipt_time.ts'

/** What a column of ticks holds. */
export type CsvColumn = 'time' | 'bid' | 'ask' | 'bid_size' | 'ask_size' | 'price' | 'size' | 'side' | 'id' | 'product'

/** Where the fields of a row stand. */
export interface CsvLayout {
  delimiter: string
  columns: (CsvColumn | null)[]
  /** Of all rows where no column names it. */
  product: string | null
  /** The first row names the columns. */
  hasHeader: boolean
}

const names: Record<CsvColumn, RegExp> = {
  time: /^(time|timestamp|ts|datetime|date_?time|event_?time|exchange_?time|time_?stamp|time_(us|ms|ns|s)|timestamp_(us|ms|ns|s))$/,
  bid: /^(best_?)?bid(_?price)?$/,
  ask: /^(best_?)?(ask|offer)(_?price)?$/,
  bid_size: /^(best_?)?bid_?(size|qty|quantity|volume|amount)$/,
  ask_size: /^(best_?)?(ask|offer)_?(size|qty|quantity|volume|amount)$/,
  price: /^(trade_?|last_?)?price$|^last$/,
  size: /^(trade_?|last_?)?(size|qty|quantity|amount)$/,
  side: /^(taker_?|aggressor_?)?side$/,
  id: /^(trade_?)?id$/,
  product: /^(product(_?id)?|symbol|pair|instrument|ticker|market)$/,
}
const longestRow = 10_000
const known = Object.keys(names) as CsvColumn[]

/**
 * How ticks stand in a CSV file, by its first row: the names of its columns, or what the fields look like: a time, then bid and
 * ask, then their sizes. The product is that of a column, else that of the file's name, such as `BTC-USD.csv`.
 * @param file its name without folders.
 * @returns null where the row is of no CSV; what it lacks, as a text, where it is.
 */
export function csvLayoutOf(row: string, file: string): CsvLayout | string | null {
  if (row.length > longestRow || /[{}<]|^\s*\[/.test(row)) return null
  const delimiter = [',', ';', '\t', '|'].toSorted((a, b) => row.split(b).length - row.split(a).length)[0]
  const fields = fieldsOf(row, delimiter)
  if (fields.length < 3) return null
  const named = fields.map(nameOf)
  const isName = (field: string): boolean => receiptTime(field) === null && Number.isNaN(parseDecimal(field))
  const hasHeader = named.some(column => column !== null) || fields.every(isName)
  const columns = hasHeader ? named : guess(fields)
  if (columns === null)
    return 'looks like CSV without names of its columns: begin it with time,bid,ask,bid_size,ask_size'
  const has = (...wanted: CsvColumn[]): boolean => wanted.every(column => columns.includes(column))
  if (!has('time') || !(has('bid', 'ask') || has('price', 'size')))
    return `is CSV with ${fields.slice(0, 8).join(', ')}: it wants a time, and bid and ask, or price and size`
  const product = has('product') ? null : productIn(file)
  if (product === null && !has('product'))
    return 'is CSV of ticks that names no product: add a column product, or name the file after it, such as BTC-USD.csv'
  return { delimiter, columns, product, hasHeader }
}

/** The fields of a row, without the quotes around them. */
export function fieldsOf(row: string, delimiter: string): string[] {
  return row.split(delimiter).map(field => field.trim().replace(/^"(.*)"$/, '$1'))
}

/** For people. */
export function describeLayout({ columns, product, hasHeader }: CsvLayout): string {
  const found = columns.map(column => column ?? '-').join(', ')
  return `is read as CSV of ${found}, ${hasHeader ? 'by the names of its columns' : 'by what its first row looks like'}${product === null ? '' : `, all of ${product}, by the name of the file`}`
}

function nameOf(field: string): CsvColumn | null {
  const name = field.toLowerCase().replaceAll(/[\s-]+/g, '_')
  return known.find(column => names[column].test(name)) ?? null
}

function guess(fields: string[]): CsvColumn[] | null {
  const [time, bid, ask] = [receiptTime(fields[0]), parseDecimal(fields[1]), parseDecimal(fields[2])]
  const looksLikeQuote = time !== null && bid > 0 && ask >= bid && ask < 1.1 * bid
  if (!looksLikeQuote || !fields.slice(3).every(field => parseDecimal(field) >= 0)) return null
  if (fields.length === 3) return ['time', 'bid', 'ask']
  return fields.length === 5 ? ['time', 'bid', 'ask', 'bid_size', 'ask_size'] : null
}

function productIn(file: string): string | null {
  const found = /(?:^|[^a-z])([a-z]{2,6})[-_/]?(usdt|usdc|usd|eur|gbp)(?:[^a-z]|$)/i.exec(file)
  return found && `${found[1]}-${found[2]}`.toUpperCase()
}
