import { z } from 'zod'
import { intervalOf } from './bootstrap.ts'

/** A figure that compares two models, with its 95 % interval; no interval where too few resamples define it. */
export const pairedSchema = z.strictObject({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type Paired = z.infer<typeof pairedSchema>

/** A statistic on the rows, and on each resample of them; null where there are no resamples. */
export interface Resampled {
  value: number
  drawn: Float64Array | null
}

/** The ratio of two statistics, resampled together; a resample in which the lower one is 0 has none. */
export function pairedRatio(above: Resampled, below: Resampled): Paired {
  return paired(above, below, (a, b) => (b > 0 ? a / b : Number.NaN))
}

/** The difference of two statistics, resampled together. @param level of the interval, in per cent. */
export function pairedDifference(a: Resampled, b: Resampled, level?: number): Paired {
  return paired(a, b, (one, other) => one - other, level)
}

function paired(a: Resampled, b: Resampled, of: (a: number, b: number) => number, level?: number): Paired {
  const { drawn } = b
  const interval =
    a.drawn &&
    drawn &&
    intervalOf(
      a.drawn.map((value, i) => of(value, drawn[i])),
      level,
    )
  return { value: of(a.value, b.value), low: interval?.low ?? null, high: interval?.high ?? null }
}
