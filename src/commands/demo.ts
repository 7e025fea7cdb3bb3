import { projectConfig, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { command, outputFolder, positiveNumber, runCommand, topicEngines, wholeNumber } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'
import { checkTracking } from '../tracking/client.ts'
import { writtenUnder } from './demo/places.ts'
import { runDemo } from './demo/run.ts'
import { describe, summarise } from './demo/summary.ts'
import { capturedVenues, liveVenue, simulatedVenue } from './demo/venues.ts'

interface Arguments {
  raw?: string[]
  live?: boolean
  minutes: number
  out: string
  seed?: number
  topics?: string
  config?: string
  json?: boolean
}

async function main({ raw = [], live, minutes, out, seed, topics, config: path, json }: Arguments): Promise<void> {
  if (live && raw.length > 0)
    throw new SpikeError('BAD_ARGUMENT', '--raw and --live exclude each other: give one of them')
  keepInputs({ '--raw': raw, '--config': path ?? projectConfig }, { '--out': writtenUnder(out) })
  const config = readConfig(path)
  const trackingUri = process.env.MLFLOW_TRACKING_URI
  if (trackingUri) checkTracking(trackingUri)
  if (seed !== undefined) config.simulator.seed = seed
  if (topics?.startsWith('kafka://')) useOwnTopics(config.topics)
  const simulated = !live && raw.length === 0
  const products = Object.keys(config.simulator.products).map(name => ({ as: name, symbol: name }))
  if (simulated) config.feeds = [{ ...config.feeds[0], products }]
  const started = performance.now()
  const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(0).padStart(3)} s`
  const venues = simulated ? simulatedVenue(config) : live ? liveVenue(config, minutes) : capturedVenues(config, raw)
  const rows = simulated ? 3600 * config.simulator.hours * products.length : undefined
  const onStep = (step: string): void => console.error(`${elapsed()}  ${step}`)
  const options = { config, out, files: raw, venues, topics, trackingUri, onStep, rows }
  const result = await withProgress(!json, say => runDemo({ ...options, say }))
  console.error(`${elapsed()}  done`)
  console.log(json ? JSON.stringify(summarise(result)) : describe(result))
}

/** On a broker that is there before and after, a run has topics of its own: the state of another run is not its own. */
function useOwnTopics(topics: Record<string, { name: string }>): void {
  const id = new Date().toISOString().replace(/[-:.TZ]/g, '')
  for (const topic of Object.values(topics)) topic.name = `demo${id}.${topic.name}`
}

export const demoCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'demo',
      'Every step of the milestones in one run: from a simulated exchange, from saved files, or live.',
      'npm run demo -- --raw captures/*.ndjson.gz --out /tmp/run --json',
    )
      .option(
        '--raw <file...>',
        'saved files instead of the simulated exchange: bronze or captures, plain, gzip or zstd; a quoted pattern is expanded',
        files('--raw'),
      )
      .option('--live', "listen to the config's first feed itself instead")
      .option('--minutes <n>', 'how long to listen with --live', positiveNumber('--minutes'), 30)
      .option('--out <dir>', 'folder under which everything is written', outputFolder('--out'), '.')
      .option('--seed <n>', 'seed of the simulated exchange', wholeNumber('--seed'))
      .option('--topics <engine>', `${topicEngines}; an embedded log under --out when absent`)
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
