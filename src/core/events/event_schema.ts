import { z } from 'zod'
import { parseDecimal } from './decimal.ts'

const text = z.string().min(1)
const micros = z.int()
const decimal = z.string().refine(value => !Number.isNaN(parseDecimal(value)), 'is no decimal number')
const base = {
  feed: text,
  product: text,
  time: micros,
  received_at: micros.nullable(),
  connection: text,
  sequence: z.int().min(0),
  index: z.int().min(0),
}

/** A market event as it stands on `ticks.raw` and `ticks.late`: nothing missing, nothing more (src/core/events/event.ts). */
export const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...base,
    type: z.literal('quote'),
    bid: decimal.nullable(),
    ask: decimal.nullable(),
    bid_size: decimal.nullable(),
    ask_size: decimal.nullable(),
    last: decimal.nullable(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('trade'),
    id: text,
    first_id: text.optional(),
    price: decimal,
    size: decimal,
    side: z.enum(['buy', 'sell']).nullable(),
    flags: z
      .array(z.enum(['correction', 'not_last', 'not_volume']))
      .min(1)
      .optional(),
    backfilled: z.literal(true).optional(),
  }),
  z.strictObject({ ...base, type: z.literal('clock') }),
  z
    .strictObject({
      ...base,
      type: z.literal('candle'),
      interval: text,
      start: micros,
      open: decimal,
      high: decimal,
      low: decimal,
      close: decimal,
      volume: decimal,
      trades: z.int().min(0).nullable(),
      closed: z.literal(true),
      backfilled: z.literal(true).optional(),
    })
    .refine(candle => candle.start < candle.time, 'a candle ends after its start'),
  z.strictObject({
    ...base,
    type: z.literal('news'),
    id: text,
    headline: text,
    summary: z.string(),
    source: z.string(),
    url: z.string(),
    category: z.string(),
  }),
  z
    .strictObject({
      ...base,
      type: z.literal('gap'),
      reason: z.enum(['sequence', 'trade_ids', 'candles', 'disconnect', 'stale']),
      from: micros,
      to: micros,
      missing: z.int().min(0).nullable(),
      withdrawn: z.literal(true).optional(),
    })
    .refine(gap => gap.from <= gap.to && gap.time === gap.to, 'a gap runs from `from` to `to`, which is its time'),
])
