import { readFileSync } from 'node:fs'
import { Argument } from 'commander'
import { command, runCommand } from '../cli.ts'
import { type BenchResult, checkBaseline } from './measure.ts'

/** Every bench by its name; loaded when asked for. */
const benches: Record<string, () => Promise<BenchResult>> = {
  drift: async () => (await import('./drift.ts')).benchDrift(),
  boosting: async () => (await import('./boosting.ts')).benchBoosting(),
  features: async () => (await import('./features.ts')).benchFeatures(),
  infer: async () => (await import('./infer.ts')).benchInfer(),
}

const program = command('bench', 'Measures a part of the project, seeded.', 'npm run bench -- features --json')
  .addArgument(new Argument('<name>', 'what to measure').choices(Object.keys(benches)))
  .option('--check', 'fail when a ratio is below 0.85 of that in bench/baseline.json')
  .option('--json', 'print the figures as one JSON line')
await runCommand<{ check?: boolean; json?: boolean }>(program, async ({ check, json }) => {
  const result = await benches[program.args[0]]()
  if (json) console.log(JSON.stringify(result))
  else for (const [name, value] of Object.entries(result)) console.log(`${name}: ${describe(value)}`)
  if (check) checkBaseline(result, JSON.parse(readFileSync(new URL('./baseline.json', import.meta.url), 'utf8')))
})

function describe(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
