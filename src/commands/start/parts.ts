import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { deskPaths } from '../../run_paths.ts'
import type { Part } from './keep_running.ts'

/** Where the scorer writes by default. */
const predictionsTopic = 'ticks.predictions'

export interface PartsOptions {
  config: Config
  configFile?: string
  out: string
  topics: string
  /** Null for the pretend exchange. */
  feed: string | null
  exchangePort: number
  speed: number
  /** Of the pretend exchange, in seconds of its market. */
  skipSeconds: number
  rushSeconds: number
  host: string
  port: number
}

/** Everything but the scorer, which begins once there is a model; what a person looks at first comes first. */
export function partsOf(options: PartsOptions): Part[] {
  const { config, configFile, out, topics, feed, exchangePort, speed, skipSeconds, rushSeconds, host, port } = options
  const shared = ['--topics', topics, ...configOf(configFile)]
  const raw = ['--raw', join(out, deskPaths.raw)]
  const url = `ws://127.0.0.1:${exchangePort}`
  const pairs = Object.keys(config.simulator.products).join(',')
  const times = ['--speed', `${speed}`, '--skip', `${skipSeconds}`, '--rush', `${rushSeconds}`, '--minutes', '2880']
  const ingest = feed === null ? ['--pair', pairs, '--url', url] : ['--feed', feed]
  return [
    {
      name: 'serve',
      does: 'answers over HTTP and serves the page',
      args: [
        ...['serve', ...shared, '--host', host, '--port', `${port}`],
        ...['--parts', join(out, deskPaths.parts), '--champion', join(out, deskPaths.champion)],
        ...['--drift', join(out, `${deskPaths.drift}.json`)],
      ],
    },
    ...(feed === null
      ? [
          {
            name: 'exchange',
            does: `pretends to be an exchange: a simulated market at ${speed} x`,
            args: ['simulate', '--port', `${exchangePort}`, ...times, ...configOf(configFile)],
          },
        ]
      : []),
    {
      name: 'ingest',
      does: 'takes market data to files and to ticks.raw',
      args: ['ingest', ...shared, ...raw, ...ingest],
    },
    {
      name: 'featurize',
      does: 'makes rows of features of events',
      args: ['featurize', ...shared, '--parquet', join(out, deskPaths.features)],
    },
    { name: 'windows', does: 'folds trades into windows and candles', args: ['windows', ...shared] },
    {
      name: 'signals',
      does: 'makes signals and paper trades of candles; no order is ever placed',
      args: ['signals', ...shared, '--topic_in', config.topics.candles.name],
    },
    {
      name: 'aside',
      does: 'the same paper trades, but for purchases while a spike is likely',
      args: ['signals', ...shared, '--topic_in', config.topics.candles.name, '--aside', predictionsTopic],
    },
    {
      name: 'anomalies',
      does: 'aggregates trades and says which stand apart',
      args: ['equities', ...shared],
    },
    {
      name: 'news',
      does: 'says which articles came out beside unusual volume',
      args: ['news', ...shared],
    },
    { name: 'alerts', does: 'gives alerts by the rules of the config', args: ['alerts', ...shared] },
    { name: 'settle', does: 'meets predictions with what came', args: ['settle', ...shared, '--follow'] },
  ]
}

/** The scorer of a model folder. */
export function scorerPart({ topics, configFile }: Pick<PartsOptions, 'topics' | 'configFile'>, model: string): Part {
  const args = ['infer', '--topics', topics, '--model', model, ...configOf(configFile)]
  return { name: 'infer', does: 'scores each row: probability of a spike in the next 60 s', args }
}

/** What compares the newest hour of rows with those of the training. @param model its folder. */
export function driftPart({ topics, configFile, config, out }: DriftPartOptions, model: string): Part {
  const rows = ['--profile', join(out, deskPaths.profile), '--topics', topics, '--topic', config.topics.features.name]
  const written = ['--out', out, '--name', deskPaths.drift, '--every', '60', '--model', model]
  return {
    name: 'drift',
    does: 'compares the newest hour of rows with those of the training, each minute',
    args: ['drift', ...rows, ...written, ...configOf(configFile)],
  }
}

type DriftPartOptions = Pick<PartsOptions, 'topics' | 'configFile' | 'config' | 'out'>

export function configOf(file: string | undefined): string[] {
  return file === undefined ? [] : ['--config', file]
}
