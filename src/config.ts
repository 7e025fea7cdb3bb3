import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { SpikeError } from './errors.ts'

const seconds = z.number().positive().max(86_400)
const share = z.number().gt(0).lt(1)

/** What a product may be called: on topics, in rows and in Parquet files, whatever feed brings it. */
export const productRule =
  'a product has letters, digits, dot, dash or underscore, begins with a letter or digit, and is at most 64 long, such as BTC-USD, BTCUSDT, BRK.B or shiba-inu'

/** Names of what every JavaScript object has are none: products are keys of state and metadata. */
export function isProductName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !(name in {})
}

const product = z.string().refine(isProductName, productRule)
const topic = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]{1,200}$/, 'a topic name has a-z, 0-9, dot, dash, underscore'),
  partitions: z.int().min(1).max(1000),
})
/** Of states only the newest counts: whatever else a broker deletes, that one stays. */
const compacted = topic.extend({ compacted: z.literal(true).default(true) })

const symbol = z
  .string()
  .regex(/^[^\s\p{Cc}]{1,64}$/u, "an exchange's own name of a product has no spaces and at most 64 letters")
/** A product: its name here, `as`, and the exchange's own, `symbol`, the same where left out; a text is both. */
const listing = z.preprocess(
  value => (typeof value === 'string' ? { as: value } : value),
  z.strictObject({ as: product, symbol: symbol.optional() }).transform(({ as, symbol = as }) => ({ as, symbol })),
)

const feed = z.strictObject({
  name: z.string().min(1),
  url: z.url({ protocol: /^(wss?|https?)$/ }).optional(),
  channels: z.array(z.string().min(1)).min(1).optional(),
  products: z.array(listing).min(1),
  stale_after_s: seconds.default(10),
})

/** Sliding windows [start, end), start a multiple of the slide since the epoch; final so long after their end. */
const windowSet = z
  .strictObject({
    length_s: z.int().min(1).max(86_400),
    slide_s: z.int().min(1).max(86_400),
    lateness_s: z.int().min(0).max(86_400),
  })
  .superRefine((set, context) => {
    const fault = windowFault(set)
    if (fault !== null) context.addIssue({ code: 'custom', message: fault })
  })

/** What is wrong with a length and a slide, in words; null when nothing is. */
export function windowFault({ length_s, slide_s }: { length_s: number; slide_s: number }): string | null {
  if (length_s % slide_s === 0) return null
  let below = Math.min(slide_s, length_s)
  while (length_s % below !== 0) below--
  return `a slide of ${slide_s} s does not divide a length of ${length_s} s; take ${below}`
}

const history = { minutes: z.int().min(2).max(1440), least_minutes: z.int().min(2).max(1440) }

/** Limits of alerts; a rule that is left out gives none. */
const alertRules = z.strictObject({
  rearm_s: z.number().min(0).max(86_400),
  price_move: z.strictObject({ percent: z.number().positive() }).optional(),
  volume_spike: z.strictObject({ deviations: z.number().positive(), ...history }).optional(),
  volatility: z.strictObject({ times: z.number().positive(), ...history }).optional(),
  spike_probability: z.strictObject({ least: share.nullable() }).optional(),
  stale: z.strictObject({ silent_s: seconds }).optional(),
  dlq_rate: z.strictObject({ percent: z.number().positive().max(100), span_s: seconds }).optional(),
  model_score: z.strictObject({ hours: z.number().min(1).max(24) }).optional(),
})

const configSchema = z.strictObject({
  feeds: z
    .array(feed)
    .min(1)
    .refine(
      list => new Set(list.map(({ name }) => name)).size === list.length,
      'a feed stands once, with all its products',
    )
    .superRefine(refuseTwoOwners, { when: ({ value }) => Array.isArray(value) }),
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
      state: compacted,
      news: topic.optional(),
      signals: topic.optional(),
      ledger: topic.optional(),
      windows: topic.optional(),
      candles: topic.optional(),
      scored: topic.optional(),
      aggregations: topic.optional(),
      anomalies: topic.optional(),
      sentiment: topic.optional(),
      alerts: topic.optional(),
      symbols: compacted.optional(),
    })
    .transform(
      ({
        news,
        signals,
        ledger,
        windows,
        candles,
        scored,
        aggregations,
        anomalies,
        sentiment,
        alerts,
        symbols,
        ...t
      }) => ({
        ...t,
        news: news ?? { name: 'market.news', partitions: t.raw.partitions },
        signals: signals ?? { name: 'market.signals', partitions: t.raw.partitions },
        ledger: ledger ?? { name: 'market.ledger', partitions: t.raw.partitions },
        windows: windows ?? { name: 'market.windows', partitions: t.raw.partitions },
        candles: candles ?? { name: 'market.candles', partitions: t.raw.partitions },
        scored: scored ?? { name: 'market.scored', partitions: t.raw.partitions },
        aggregations: aggregations ?? { name: 'market.aggregations', partitions: t.raw.partitions },
        anomalies: anomalies ?? { name: 'market.anomalies', partitions: t.raw.partitions },
        sentiment: sentiment ?? { name: 'market.sentiment', partitions: t.raw.partitions },
        alerts: alerts ?? { name: 'market.alerts', partitions: t.raw.partitions },
        symbols: symbols ?? { name: 'symbols.meta', partitions: 1, compacted: true as const },
      }),
    )
    .refine(
      ({ raw, state: _, symbols: __, ...beside }) =>
        Object.values(beside).every(one => one.partitions === raw.partitions),
      { message: 'all but state and symbols need as many partitions as raw' },
    )
    .refine(t => new Set(Object.values(t).map(({ name }) => name)).size === Object.keys(t).length, {
      message: 'each needs a name of its own',
    }),
  symbols: z
    .array(
      z.strictObject({
        product,
        base: z.string().min(1).max(64),
        quote: z.string().min(1).max(64),
        category: z.string().min(1).max(64),
        valid_from: z.iso.datetime({ offset: true }).default('1970-01-01T00:00:00Z'),
      }),
    )
    .default([]),
  windows: z
    .strictObject({
      sets: z.array(windowSet).min(1),
      lag_s: z.number().min(0).max(600),
      candle_lag_s: z.number().min(0).max(600).default(2),
      revise_s: z.number().min(0).max(600),
    })
    .prefault({
      sets: [
        { length_s: 60, slide_s: 10, lateness_s: 600 },
        { length_s: 300, slide_s: 60, lateness_s: 600 },
      ],
      lag_s: 0,
      revise_s: 10,
    }),
  alerts: alertRules.prefault({
    ...{ rearm_s: 300, price_move: { percent: 1 }, spike_probability: { least: null }, stale: { silent_s: 30 } },
    ...{ volume_spike: { deviations: 3, minutes: 60, least_minutes: 20 }, dlq_rate: { percent: 1, span_s: 300 } },
    ...{ volatility: { times: 4, minutes: 60, least_minutes: 20 }, model_score: { hours: 4 } },
  }),
  retrain: z
    .strictObject({ on_alert: z.boolean(), least_hours: z.number().min(1).max(720) })
    .prefault({ on_alert: false, least_hours: 24 }),
  trading: z
    .strictObject({
      rsi: z.enum(['seed', 'cutler', 'wilder']),
      windows: z.enum(['rows', 'minutes']),
      exit: z.enum(['seed', 'exit_any']),
      portfolio: z.enum(['seed', 'fractional', 'next_open']),
    })
    .prefault({
      ...{ rsi: 'wilder', windows: 'minutes', exit: 'exit_any', portfolio: 'next_open' },
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
  simulated_stocks: z
    .strictObject({
      minutes: z.number().min(1).max(390),
      trades_per_s: z.number().positive().max(1000),
      products: z.record(product, z.number().min(1).max(1e6)),
    })
    .prefault({
      minutes: 390,
      trades_per_s: 4,
      products: { AAPL: 230, MSFT: 480, AMZN: 220, TSLA: 340, NVDA: 180 },
    }),
  health: z
    .strictObject({ most_lag: z.int().min(0), longest_idle_s: seconds })
    .prefault({ most_lag: 1000, longest_idle_s: 60 }),
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
/** One feed of the config: where and what it listens to. */
export type FeedSettings = z.infer<typeof feed>

/** Where it is read when no path is given. */
export const projectConfig = fileURLToPath(new URL('../config.yaml', import.meta.url))

/**
 * Reads and checks a config file; the project's own config.yaml when no path is given. Every key is needed but those that say
 * otherwise; one that is not known is a fault.
 * @throws SpikeError BAD_CONFIG with one line a fault: file, path inside it, what is allowed.
 * @example
 * // feeds:
 * //   - { name: coinbase, products: [BTC-USD, { as: ether, symbol: ETH-USD }], stale_after_s: 10 }
 * const config = readConfig('config.yaml')
 * config.feeds[0].products // [{ as: 'BTC-USD', symbol: 'BTC-USD' }, { as: 'ether', symbol: 'ETH-USD' }]
 * productsOf(config) // ['BTC-USD', 'ether']
 */
export function readConfig(path: string = projectConfig): Config {
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
  const former = formerFeed(value)
  const result = configSchema.safeParse(former ? { ...former.rest, feeds: former.feeds } : value)
  if (result.success && former === null) return result.data
  const faults = (result.error?.issues ?? []).map(issue => `${issue.path.join('.') || '(top)'}: ${issue.message}`)
  if (former) faults.unshift(`feed: is a list now, each feed with its products: ${former.line}`)
  throw new SpikeError(
    'BAD_CONFIG',
    faults.map(fault => `${where}: ${fault}`),
  )
}

/** What a config from before there were several feeds has under `feed`, as it is written now. */
function formerFeed(value: unknown): { feeds: object[]; line: string; rest: object } | null {
  if (typeof value !== 'object' || value === null || !('feed' in value)) return null
  const { feed, ...rest } = value
  const feeds = [{ name: 'coinbase', ...(feed as object) }]
  return { feeds, rest, line: `feeds: ${JSON.stringify(feeds)}` }
}

/** Feeds that bring no market but news of it: their products may be another feed's as well. */
export const newsFeeds: ReadonlySet<string> = new Set(['finnhub', 'simulated-finnhub'])

/** Two owners of one name would become one market, with the prices of both in its rows. What is malformed is refused elsewhere. */
function refuseTwoOwners(feeds: unknown[], context: z.RefinementCtx): void {
  const ownersOfMarkets = new Map<string, string>()
  const ownersOfNews = new Map<string, string>()
  for (const [f, one] of feeds.entries()) {
    const { name, products } = Object(one) as FeedSettings
    const owners = newsFeeds.has(name) ? ownersOfNews : ownersOfMarkets
    const symbols = new Map<string, string>()
    for (const [p, { as, symbol }] of (Array.isArray(products) ? products : []).map(Object).entries()) {
      const owner = owners.get(as)
      const other = symbols.get(symbol)
      const fault =
        owner === name
          ? `${as} stands twice under ${name}; take one of them out`
          : owner !== undefined
            ? `${as} is brought by ${owner} already and cannot be ${name}'s too; take it out of one of them, or name this one otherwise: { as: ${as}.${name}, symbol: ${symbol} }`
            : other !== undefined &&
              `${symbol} of ${name} is ${other} already and cannot be ${as} too; take one of them out`
      if (fault) context.addIssue({ code: 'custom', path: [f, 'products', p], message: fault })
      else if (typeof as === 'string') owners.set(as, name)
      if (typeof symbol === 'string') symbols.set(symbol, as)
    }
  }
}

/** The products of all markets, by the names that topics and rows have for them. */
export function productsOf({ feeds }: Pick<Config, 'feeds'>): string[] {
  return feeds.filter(({ name }) => !newsFeeds.has(name)).flatMap(({ products }) => products.map(({ as }) => as))
}

/** SHA-256 (first 16 hex digits) of the settings that decide what rows and labels are. */
export function configHash(config: Config): string {
  const { time, features, label } = config
  return createHash('sha256').update(JSON.stringify({ time, features, label })).digest('hex').slice(0, 16)
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]
}
