import { z } from 'zod'

const numbers = z.array(z.number())
const places = z.array(z.int().min(-1))

const linear = z
  .strictObject({
    impute: numbers,
    indicators: z.array(z.int().min(0)),
    mean: numbers,
    scale: z.array(z.number().positive()),
    weights: numbers,
    intercept: z.number(),
  })
  .refine(
    part => [part.mean, part.scale, part.weights].every(v => v.length === part.impute.length + part.indicators.length),
    { message: 'mean, scale and weights are not as long as impute and indicators together' },
  )

const tree = z
  .strictObject({
    feature: places,
    threshold: numbers,
    nullLeft: places,
    left: places,
    right: places,
    value: numbers,
    gain: numbers,
  })
  .refine(t => t.feature.every((f, node) => f < 0 || (t.left[node] > node && t.right[node] > node)), {
    message: 'a child does not come after its parent',
  })
  .refine(t => Object.values(t).every(values => values.length === t.feature.length), {
    message: 'arrays of a tree are not equally long',
  })
  .refine(t => [...t.left, ...t.right].every(child => child < t.feature.length), {
    message: 'a child lies outside its tree',
  })

/** What a `spike60-volatility` artifact holds beyond what every artifact does. */
export const volatilityParts = {
  readings: z
    .array(
      z.strictObject({ name: z.string(), log: z.boolean(), times: z.number(), per_tau: z.boolean(), add: z.number() }),
    )
    .min(1),
  terms: z
    .array(
      z.strictObject({
        name: z.string(),
        of: z.int().min(0),
        less: z.int().min(0).nullable(),
        monotone: z.union([z.literal(0), z.literal(1)]),
      }),
    )
    .min(1),
  linear: linear.nullable(),
  trees: z.strictObject({ base: z.number(), trees: z.array(tree) }).nullable(),
  link: z.strictObject({ slope: z.number(), offset: z.number() }),
}
