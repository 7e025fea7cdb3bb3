import { readFileSync } from 'node:fs'
import { Argument } from 'commander'
import { command, positiveNumber, runCommand, wholeNumber } from '../src/operations/command.ts'
import { type BenchResult, checkBestOf } from './measure.ts'

/** A busy machine may spoil one run; a change that made things slower spoils all. */
const attempts = 3
const baseline = new URL('./baseline.json', import.meta.url)

interface Arguments {
  check?: boolean
  json?: boolean
  seconds?: number
  sustained: number
  rate?: number
}

/** Every bench by its name; loaded when asked for. */
const benches: Record<string, (options: Arguments) => Promise<BenchResult>> = {
  drift: async () => (await import('./drift.ts')).benchDrift(),
  boosting: async () => (await import('./boosting.ts')).benchBoosting(),
  features: async () => (await import('./features.ts')).benchFeatures(),
  indicators: async () => (await import('./indicators.ts')).benchIndicators(),
  vader: async () => (await import('./vader.ts')).benchVader(),
  forest: async () => (await import('./forest.ts')).benchForest(),
  feeds: async () => (await import('./feeds.ts')).benchFeeds(),
  infer: async () => (await import('./infer.ts')).benchInfer(),
  publisher_state: async () => (await import('./publisher_state.ts')).benchPublisherState(),
  api: async () => (await import('./api.ts')).benchApi(),
  windows: async () => (await import('./windows.ts')).benchWindows(),
  stores: async () => (await import('./stores.ts')).benchStores(),
  equities: async ({ seconds = 120, rate = 15_000 }) =>
    (await import('./equities.ts')).benchEquities({ rate, seconds }),
  stream: async ({ seconds = 60, sustained, rate = 60_000 }) =>
    (await import('./stream.ts')).benchStream({ latencyS: seconds, sustainedS: sustained, rate }),
}
/** Commands with flags of their own: all that follows the name is theirs. */
const commands: Record<string, () => Promise<unknown>> = {
  backfill: () => import('./backfill.ts'),
  backpressure: () => import('./backpressure.ts'),
  scaling: () => import('./scaling.ts'),
  soak: () => import('./soak.ts'),
  soak_desk: async () => (await import('./soak_desk.ts')).soakDeskCommand(),
}

const own = commands[process.argv[2]]
if (own) {
  process.argv.splice(2, 1)
  await own()
} else await runBench()

async function runBench(): Promise<void> {
  const program = command('bench', 'Measures a part of the project, seeded.', 'npm run bench -- features --json')
    .addArgument(new Argument('<name>', 'what to measure').choices([...Object.keys(benches), ...Object.keys(commands)]))
    .option('--check', 'fail when a ratio is below 0.85 of that in bench/baseline.json in each of three runs')
    .option('--json', 'print the figures as one JSON line')
    .option(
      '--seconds <n>',
      'stream: length of the latency stretch (default: 60); equities: of the steady one (default: 120)',
      positiveNumber('--seconds'),
    )
    .option(
      '--sustained <n>',
      'stream: length of the sustained stretch; 0: neither that nor the burst',
      wholeNumber('--sustained'),
      120,
    )
    .option(
      '--rate <n>',
      'stream: events a second in the sustained stretch (default: 60000); equities: trades a second (default: 15000)',
      positiveNumber('--rate'),
    )
  await runCommand<Arguments>(program, async options => {
    const { check, json } = options
    const run = async (): Promise<BenchResult> => {
      const result = await benches[program.args[0]](options)
      if (json) console.log(JSON.stringify(result))
      else for (const [name, value] of Object.entries(result)) console.log(`${name}: ${describe(value)}`)
      return result
    }
    if (check) await checkBestOf(attempts, run, JSON.parse(readFileSync(baseline, 'utf8')))
    else await run()
  })
}

function describe(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
