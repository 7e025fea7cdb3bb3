import { z } from 'zod'

const text = z.string().min(1)
const micros = z.int()
const decimal = z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/, 'is no decimal number')
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
    price: decimal,
    size: decimal,
    side: z.enum(['buy', 'sell']).nullable(),
    backfilled: z.literal(true).optional(),
  }),
  z.strictObject({ ...base, type: z.literal('clock') }),
  z
    .strictObject({
      ...base,
      type: z.literal('gap'),
      reason: z.enum(['sequence', 'disconnect', 'stale']),
      from: micros,
      to: micros,
      missing: z.int().min(0).nullable(),
    })
    .refine(gap => gap.from <= gap.to && gap.time === gap.to, 'a gap runs from `from` to `to`, which is its time'),
])
