import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { SpikeError } from './errors.ts'

const seconds = z.number().positive().max(86_400)
const share = z.number().gt(0).lt(1)
const product = z.string().regex(/^[A-Z0-9]+-[A-Z0-9]+$/, 'a product looks like BTC-USD')
const topic = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]{1,200}$/, 'a topic name has a-z, 0-9, dot, dash, underscore'),
  partitions: z.int().min(1).max(1000),
})

export const configSchema = z.strictObject({
  feed: z.strictObject({
    url: z.url({ protocol: /^wss?$/ }),
    products: z.array(product).min(1),
    channels: z.array(z.enum(['ticker', 'market_trades', 'heartbeats'])).min(1),
    stale_after_s: seconds,
  }),
  time: z.strictObject({
    out_of_orderness_s: seconds,
    carry_s: z.int().min(0).max(3600),
    session_reset_s: z.int().min(60).max(86_400),
    ahead_limit_s: seconds,
  }),
  features: z.strictObject({ min_coverage: z.number().gt(0).max(1) }),
  label: z.strictObject({
    percentile: z.number().gt(50).lt(100),
    tau: z.union([z.null(), z.number().positive(), z.record(product, z.number().positive())]),
  }),
  split: z
    .strictObject({ train: share, validation: share, embargo_s: z.int().min(0).max(3600) })
    .refine(s => s.train + s.validation < 1, 'train + validation must leave a share for test'),
  models: z.strictObject({
    l2: z.number().positive(),
    bootstrap_block_s: z.int().min(300).max(7200),
    bootstrap_samples: z.int().min(100).max(10_000),
    seed: z.int().min(0),
    ridge_l2: z.number().positive(),
    trees: z.strictObject({
      rounds: z.int().min(1).max(2000),
      leaves: z.int().min(2).max(255),
      learning_rate: z.number().gt(0).max(1),
      least_rows: z.int().min(1),
    }),
  }),
  walk_forward: z.strictObject({
    first: share,
    block_s: z.int().min(300).max(86_400),
    most_rows: z.int().min(0),
  }),
  topics: z
    .strictObject({
      raw: topic,
      bars: topic,
      features: topic,
      labels: topic,
      late: topic,
      settled: topic,
      state: topic,
    })
    .refine(t => [t.bars, t.features, t.labels, t.late, t.settled].every(one => one.partitions === t.raw.partitions), {
      message: 'bars, features, labels, late and settled need as many partitions as raw',
    }),
  simulator: z.strictObject({
    seed: z.int().min(0),
    hours: z.number().min(3).max(48),
    products: z
      .record(
        product,
        z.strictObject({
          price: z.number().positive(),
          tick: z.number().positive(),
          quotes_per_s: z.number().positive().max(100),
        }),
      )
      .refine(p => Object.keys(p).length >= 1, 'at least one product'),
  }),
  mlflow: z.strictObject({ experiment: z.string().min(1).max(250) }),
  drift: z
    .strictObject({
      columns: z.record(
        z.string(),
        z.strictObject({
          distance: z.number().positive().optional(),
          evidently_distance: z.number().positive().optional(),
          evidently_p: share.optional(),
          null_growth: share.optional(),
        }),
      ),
    })
    .optional(),
})

export type Config = z.infer<typeof configSchema>

const defaultPath = fileURLToPath(new URL('../config.yaml', import.meta.url))

/**
 * Reads and checks a config file; the project's own config.yaml when no path is given.
 * @throws SpikeError BAD_CONFIG with one line a fault: file, path inside it, what is allowed.
 */
export function readConfig(path: string = defaultPath): Config {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SpikeError('BAD_CONFIG', `${path}: cannot be read; name an existing YAML file`, { cause })
  }
  return parseConfig(text, path)
}

/** `readConfig` on a text; `where` names it in faults. */
export function parseConfig(text: string, where: string): Config {
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw new SpikeError('BAD_CONFIG', `${where}: is not YAML: ${firstLine(cause)}`, { cause })
  }
  const result = configSchema.safeParse(value)
  if (result.success) return result.data
  throw new SpikeError(
    'BAD_CONFIG',
    result.error.issues.map(issue => `${where}: ${issue.path.join('.') || '(top)'}: ${issue.message}`),
  )
}

/** SHA-256 (first 16 hex digits) of the settings that decide what rows and labels are. */
export function configHash(config: Config): string {
  const { time, features, label } = config
  return createHash('sha256').update(JSON.stringify({ time, features, label })).digest('hex').slice(0, 16)
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]
}
