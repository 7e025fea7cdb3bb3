import type { Micros } from '../../events/event.ts'
import { numberOfUnits, type Units, unitDigits, unitsOfNumber, unitsOfText } from './decimal_units.ts'

/** What of an event a window counts: a trade, or the price that a ticker tells. */
export interface Tick {
  source: 'trades' | 'ticker'
  product: string
  time: Micros
  /** Counts once a product; orders ticks of one time. */
  id: string
  /** In quote currency. */
  price: number
  /** The same to eight digits. */
  units: Units
  /** In units of 10^-8 of the base asset; null where the venue does not say. */
  size: Units | null
}

/** Only time: it moves the watermark. */
export interface TimeOnly {
  source: 'clock'
  product: string
  time: Micros
}

/** Why something is no trade, in the order in which it is looked for. */
export const badTickReasons = ['not_json', 'no_product', 'bad_time', 'bad_price', 'bad_size'] as const
export type BadTick = (typeof badTickReasons)[number]

/** As an event comes from anywhere: nothing about it is sure. */
interface Untrusted {
  type?: unknown
  product?: unknown
  time?: unknown
  connection?: unknown
  sequence?: unknown
  index?: unknown
  id?: unknown
  price?: unknown
  last?: unknown
  size?: unknown
}

/**
 * What an event is to windows. A trade may lack its size; prices and sizes may be numbers.
 * A candle, and a quote without a last price, are only their time.
 * @returns null for one that says nothing to them, such as a gap.
 */
export function tickOf(event: unknown): Tick | TimeOnly | BadTick | null {
  if (typeof event !== 'object' || event === null) return 'no_product'
  const { type, product, time, connection, sequence, index, id, price, last, size }: Untrusted = event
  if (typeof product !== 'string' || product === '') return 'no_product'
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) return 'bad_time'
  if (type === 'clock' || type === 'candle' || (type === 'quote' && (last === null || last === undefined)))
    return { source: 'clock', product, time }
  if (type !== 'trade' && type !== 'quote') return null
  const isTrade = type === 'trade'
  const told = isTrade ? price : last
  const units = amountOf(told)
  if (units === null) return 'bad_price'
  const unsized = !isTrade || size === undefined || size === null || size === ''
  const sizeUnits = unsized ? null : amountOf(size)
  if (!unsized && sizeUnits === null) return 'bad_size'
  const name = isTrade ? textOf(id) : [connection, sequence, index].map(textOf).join(' ')
  const source = isTrade ? 'trades' : 'ticker'
  return { source, product, time, id: name, price: priceOf(told, units), units, size: sizeUnits }
}

/** Of any JSON: an object may hold something of its own under `toString`. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : `${JSON.stringify(value)}`)

/** The units of something above 0, else null. */
function amountOf(value: unknown): Units | null {
  const units = typeof value === 'string' ? unitsOfText(value) : typeof value === 'number' ? unitsOfNumber(value) : null
  return units !== null && units > 0 ? units : null
}

/** The double of a price, with digits beyond the eighth where it has them. */
function priceOf(told: unknown, units: Units): number {
  if (typeof told !== 'string') return Number(told)
  const dot = told.indexOf('.')
  return dot < 0 || told.length - dot - 1 <= unitDigits ? numberOfUnits(units) : Number(told)
}
