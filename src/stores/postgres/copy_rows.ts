import type { ColumnType, Row, Table } from '../tables.ts'

/** Seconds from 1970 to 2000, where the server's time begins. */
const serverBegins = 946_684_800
/** Bytes that a column usually takes. */
const usual = 16

/** What stands before the first row, and after the last. */
export const copyBegin = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
export const copyEnd = Buffer.from([0xff, 0xff])

/**
 * Rows in the binary form of COPY, which neither side has to make text of: the columns of the table in their order, null for what a
 * row lacks.
 * @see https://www.postgresql.org/docs/15/sql-copy.html "Binary Format"; numeric as `numeric_recv` reads it.
 */
export function copyRows({ columns }: Table, rows: Row[]): Buffer {
  const typed = Object.entries(columns)
  const cells = new Cells(usual * typed.length * rows.length)
  for (const row of rows) {
    cells.int16(typed.length)
    for (const [column, type] of typed) {
      const value = row[column]
      if (value === null || value === undefined) cells.int32(-1)
      else cells[type](value as never)
    }
  }
  return cells.written()
}

/** Each value stands behind its length. */
class Cells implements Record<ColumnType, (value: never) => void> {
  private buffer: Buffer
  private view: DataView
  private at = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size)
    this.view = new DataView(this.buffer.buffer)
  }

  written(): Buffer {
    return this.buffer.subarray(0, this.at)
  }

  int16(value: number): void {
    this.view.setInt16(this.take(2), value)
  }

  int32(value: number): void {
    this.view.setInt32(this.take(4), value)
  }

  whole(value: number): void {
    this.int32(8)
    this.int32(Math.floor(value / 2 ** 32))
    this.int32(value | 0)
  }

  moment(seconds: number): void {
    this.whole(1e6 * (seconds - serverBegins))
  }

  real(value: number): void {
    this.int32(8)
    this.view.setFloat64(this.take(8), value)
  }

  flag(value: boolean): void {
    this.int32(1)
    this.view.setInt8(this.take(1), value ? 1 : 0)
  }

  text(value: string): void {
    const most = 3 * value.length
    const place = this.take(4 + most)
    const length = this.buffer.write(value, place + 4)
    this.view.setInt32(place, length)
    this.at -= most - length
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length)
    this.buffer.set(value, this.take(value.length))
  }

  /** Digits to the base of 10,000, those of the whole number and of the fraction each filled up with zeros. */
  decimal(text: string): void {
    const first = text.startsWith('-') ? 1 : 0
    const dot = text.includes('.') ? text.indexOf('.') : text.length
    const scale = Math.max(0, text.length - dot - 1)
    const [whole, fraction] = [Math.ceil((dot - first) / 4), Math.ceil(scale / 4)]
    this.int32(8 + 2 * (whole + fraction))
    this.int16(whole + fraction)
    this.int16(whole - 1)
    this.int16(first === 1 ? 0x4000 : 0)
    this.int16(scale)
    for (let end = dot - 4 * (whole - 1); end <= dot; end += 4) this.int16(digits(text, Math.max(first, end - 4), end))
    for (let from = dot + 1; from < text.length; from += 4) this.int16(digits(text, from, from + 4))
  }

  /** @returns where so many bytes can be put. */
  private take(bytes: number): number {
    const place = this.at
    this.at += bytes
    if (this.at > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.at)
      this.buffer.copy(larger, 0, 0, place)
      this.buffer = larger
      this.view = new DataView(larger.buffer)
    }
    return place
  }
}

/** The number that digits stand for; beyond the end of the text there are zeros. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = 10 * value + (i < text.length ? text.charCodeAt(i) - 48 : 0)
  return value
}
