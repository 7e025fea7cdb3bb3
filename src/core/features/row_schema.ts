import { z } from 'zod'
import { featureNames } from './spec.ts'

/** A row as it stands on `ticks.features`. */
export const rowSchema = z.strictObject({
  product: z.string().min(1),
  time: z.int().multipleOf(1_000_000, 'time is not a whole second'),
  ...Object.fromEntries(featureNames.map(name => [name, z.number().nullable()])),
})
