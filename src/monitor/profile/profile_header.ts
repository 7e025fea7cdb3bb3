import { z } from 'zod'
import { percentileCount } from './time_windows.ts'

const count = z.int().min(0)
/** Ends of a stretch of time, as `isoTime` writes them. */
const instant = z.iso.datetime()
const stretch = { from: instant, to: instant }

const part = z
  .object({
    product: z.string(),
    n: count,
    rank_error: z.number().min(0).max(1),
    low: z.number(),
    high: z.number(),
    mean: z.number(),
    squares: z.number().min(0),
    /** Null: Infinity. */
    memory_s: z.number().min(0).nullable(),
    kept: count,
    knots: count,
  })
  .refine(({ n, kept, low, high }) => kept <= n && (n === 0) === (kept === 0) && low <= high, {
    message: 'counts or bounds that do not go together',
  })

/** What stands before the numbers of a profile file, and says how many there are of each. */
export const profileHeader = z
  .object({
    name: z.string(),
    spec_version: z.string().nullable(),
    simulated: z.boolean(),
    timed: z.boolean(),
    rows: count,
    products: z.record(z.string(), count),
    block_s: z.number().positive(),
    blocks: count,
    windows: z.array(z.object({ ...stretch, rows: count })),
    timeline: z.object({
      products: z.array(
        z.object({
          product: z.string(),
          rows: count,
          ...stretch,
          coverage: z.number().min(0),
          holes: count,
          resets: count,
          repeated: count,
        }),
      ),
      holes: z.array(z.object({ product: z.string(), ...stretch, seconds: z.number().min(0), reset: z.boolean() })),
    }),
    others: z.record(z.string(), z.string()),
    crc32: count,
    columns: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['double', 'integer']),
        nulls: count,
        infinite: count.max(0),
        outside: count,
        parts: z.array(part),
      }),
    ),
  })
  .refine(({ columns, products }) => {
    const names = Object.keys(products).join('\n')
    return columns.every(({ parts }) => parts.map(({ product }) => product).join('\n') === names)
  }, 'a column that has other products')

export type ProfileHeader = z.infer<typeof profileHeader>

/** Bytes of the numbers that follow such a header. */
export function bodyBytes({ blocks, windows, columns }: ProfileHeader): number {
  let [doubles, singles] = [2 * blocks, 0]
  for (const { parts } of columns) {
    doubles += windows.length * percentileCount
    for (const { kept, knots } of parts) {
      doubles += kept + knots
      singles += blocks * knots
    }
  }
  return 8 * doubles + 4 * singles
}
