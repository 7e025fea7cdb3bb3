import { z } from 'zod'
import { SpikeError } from '../../../errors.ts'
import { featureNames, specVersion } from '../../features/spec.ts'
import type { Artifact } from './artifact.ts'
import { volatilityParts } from './volatility_schema.ts'

const numbers = z.array(z.number())

const common = {
  version: z.literal(1),
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  spec_version: z.literal(specVersion, `rows of another spec version; this program has ${specVersion}: train again`),
  config_hash: z.string(),
  simulated: z.boolean(),
  inputs: z.array(z.enum(featureNames)).min(1),
  threshold: z.number().min(0).max(1),
  tau: z.record(z.string(), z.number().min(0)),
  trained_on: z.strictObject({ digest: z.string(), from: z.string(), to: z.string(), rows: z.int().min(1) }),
}

const volatility = z
  .strictObject({ format: z.literal('spike60-volatility'), ...common, ...volatilityParts })
  .refine(a => a.readings.every(({ name }, i) => name === a.inputs[i]) && a.readings.length === a.inputs.length, {
    path: ['readings'],
    message: 'are not those of inputs',
  })
  .refine(a => a.terms.every(({ of, less }) => Math.max(of, less ?? 0) < a.readings.length), {
    path: ['terms'],
    message: 'point outside readings',
  })
  .refine(({ linear, trees }) => linear !== null || trees !== null, {
    path: ['linear'],
    message: 'and trees are missing',
  })
  .refine(({ linear, terms }) => !linear || linear.impute.length === terms.length, {
    path: ['linear', 'impute'],
    message: 'is not as long as terms',
  })
  .refine(({ linear, terms }) => !linear || linear.indicators.every(i => i < terms.length), {
    path: ['linear', 'indicators'],
    message: 'point outside terms',
  })
  .refine(({ trees, terms }) => !trees || trees.trees.every(tree => tree.feature.every(f => f < terms.length)), {
    path: ['trees'],
    message: 'point outside terms',
  })

const linear = z
  .strictObject({
    format: z.literal('spike60-linear'),
    ...common,
    impute: numbers,
    logs: z.array(z.int().min(0)),
    indicators: z.array(z.int().min(0)),
    mean: numbers,
    scale: z.array(z.number().positive()),
    weights: numbers,
    intercept: z.number(),
  })
  .refine(a => new Set(a.inputs).size === a.inputs.length, { path: ['inputs'], message: 'names a feature twice' })
  .refine(a => a.impute.length === a.inputs.length, { path: ['impute'], message: 'is not as long as inputs' })
  .refine(a => [...a.indicators, ...a.logs].every(i => i < a.inputs.length), {
    path: ['indicators'],
    message: 'or logs point outside inputs',
  })
  .refine(a => [a.mean, a.scale, a.weights].every(values => values.length === a.inputs.length + a.indicators.length), {
    path: ['weights'],
    message: 'mean, scale and weights are not as long as inputs and indicators together',
  })

/**
 * Reads the text of a model.json. @param where names it in faults.
 * @throws SpikeError BAD_MODEL with one line a fault.
 */
export function parseArtifact(text: string, where: string): Artifact {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SpikeError('BAD_MODEL', `${where}: is not JSON; train again`, { cause })
  }
  const isVolatility = (value as { format?: unknown } | null)?.format === 'spike60-volatility'
  const result = (isVolatility ? volatility : linear).safeParse(value)
  if (result.success) return result.data
  throw new SpikeError(
    'BAD_MODEL',
    result.error.issues.map(issue => `${where}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}
