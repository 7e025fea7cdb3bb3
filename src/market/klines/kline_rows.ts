import { fieldsOf } from '../bronze/csv_layout.ts'
import { withoutMark } from '../bronze/text_encoding.ts'
import { asObject, parseJson, productOf } from '../feeds/reading.ts'
import { parseTimestamp } from '../feeds/timestamp.ts'
import { type Kline, minute } from './kline.ts'

/**
 * Candles in any shape that they are saved in: the answer of `GET /api/v3/klines` (a list of lists of twelve), a bulk CSV with or
 * without names of its columns, in milli- or microseconds, frames of a `kline` stream, one a line, bare, wrapped, or behind a prefix.
 * @returns null for each line or item that holds no candle and is not empty.
 */
export function readKlines(text: string): (Kline | null)[] {
  const whole = withoutMark(text).trim()
  if (whole.startsWith('[')) {
    const list = parseJson(whole)
    if (Array.isArray(list)) return list.map(item => (Array.isArray(item) ? ofRow(item.map(String)) : ofFrame(item)))
  }
  const lines = whole.split(/\r?\n|\r/).filter(line => line.trim() !== '')
  if (lines.length === 0) return []
  if (/[{]/.test(lines.slice(0, 5).join('')))
    return lines.map(line => ofFrame(parseJson(line.slice(line.indexOf('{')))))
  return ofCsv(lines)
}

function ofCsv(lines: string[]): (Kline | null)[] {
  const delimiter = [',', ';', '\t'].find(sign => lines[0].includes(sign)) ?? ','
  const first = fieldsOf(lines[0], delimiter)
  if (/^[\d.]+$/.test(first[0])) return lines.map(line => ofRow(fieldsOf(line, delimiter)))
  const names = first.map(name => name.toLowerCase().replaceAll(/[\s-]+/g, '_'))
  const at = (...known: string[]): number => known.map(name => names.indexOf(name)).find(place => place >= 0) ?? -1
  const opened = at('open_time', 'opentime', 'timestamp', 'time', 'datetime')
  const closed = at('close_datetime')
  const values = ['open', 'high', 'low', 'close', 'volume'].map(name => at(name))
  const symbol = at('symbol', 'product', 'ticker')
  return lines.slice(1).map(line => {
    const fields = fieldsOf(line, delimiter)
    const time = closed >= 0 ? openOf(fields[closed]) : fields[opened]
    return ofRow([time ?? '', ...values.map(place => fields[place] ?? '')], fields[symbol] || null)
  })
}

/** Only the last millisecond of the candle is kept. */
function openOf(closing: string | undefined): string {
  const time = timeOf(closing ?? '')
  return time === null ? '' : String(time - minute + 1000)
}

function ofRow([at, open, high, low, close, volume]: string[], symbol: string | null = null): Kline | null {
  const start = timeOf(at ?? '')
  if (start === null || volume === undefined) return null
  return { symbol, start, open, high, low, close, volume, closed: true }
}

/** Milli- or microseconds since the epoch, or a text, which is UTC where it names no zone. */
function timeOf(text: string): number | null {
  if (/^\d{9,17}$/.test(text)) return Number(text) >= 1e15 ? Number(text) : 1000 * Number(text)
  return parseTimestamp(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
}

/** Where recorders and combined streams put the frame. */
const wrappers = ['data', 'frame', 'raw', 'payload', 'message']

function ofFrame(value: unknown, depth = 0): Kline | null {
  const frame = asObject(value)
  if (frame === null || depth > 3) return null
  const kline = asObject(frame.k)
  if (kline === null) {
    for (const key of wrappers) {
      const inner = frame[key]
      const found = ofFrame(typeof inner === 'string' ? parseJson(inner) : inner, depth + 1)
      if (found) return found
    }
    return null
  }
  const row = ofRow([kline.t, kline.o, kline.h, kline.l, kline.c, kline.v].map(String), productOf(kline.s))
  return row && { ...row, closed: kline.x === true }
}
