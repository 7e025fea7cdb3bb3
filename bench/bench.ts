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
  seconds: number
  sustained: number
  rate: number
}

/** Every bench by its name; loaded when asked for. */
const benches: Record<string, (options: Arguments) => Promise<BenchResult>> = {
  drift: async () => (await import('./drift.ts')).benchDrift(),
  boosting: async () => (await import('./boosting.ts')).benchBoosting(),
  features: async () => (await import('./features.ts')).benchFeatures(),
  infer: async () => (await import('./infer.ts')).benchInfer(),
  stream: async ({ seconds, sustained, rate }) =>
    (await import('./stream.ts')).benchStream({ latencyS: seconds, sustainedS: sustained, rate }),
}
/** Commands with flags of their own: all that follows the name is theirs. */
const commands: Record<string, () => Promise<unknown>> = {
  backpressure: () => import('./backpressure.ts'),
  soak: () => import('./soak.ts'),
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
    .option('--seconds <n>', 'stream: length of the latency stretch', positiveNumber('--seconds'), 60)
    .option(
      '--sustained <n>',
      'stream: length of the sustained stretch; 0: neither that nor the burst',
      wholeNumber('--sustained'),
      120,
    )
    .option('--rate <n>', 'stream: events a second in the sustained stretch', positiveNumber('--rate'), 60_000)
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
