import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { command, runCommand, wholeNumber } from '../../src/operations/command.ts'
import { type Mutant, mutantsOf, mutated } from './mutants.ts'
import { createNearestTests } from './nearest_tests.ts'
import { createMutantRunner } from './run_mutants.ts'

/** What is judged: everything that is a pure function of its input on the way from a frame to a verdict. */
const judged = [
  'src/core/**/*.ts',
  'src/market/decode/*.ts',
  'src/market/feeds/timestamp.ts',
  'src/monitor/live_scores.ts',
  'src/jobs/settle/partition.ts',
]
const known = new URL('known_survivors.json', import.meta.url)
/** Per cent of the mutants that must be killed. */
const least = 75

interface Placed extends Mutant {
  path: string
}
interface Survivor {
  path: string
  was: string
  now: string
  reason: string
}
interface Arguments {
  seed: number
  sample: number
  files: string
}

const nameOf = ({ path, was, now }: { path: string; was: string; now: string }): string => `${path}: ${was} → ${now}`

await runCommand<Arguments>(
  command(
    'mutate',
    'Judges the tests: puts small faults into the code, in memory, and counts those that the nearest tests find.',
    'npm run mutate -- --seed 2 --sample 100 --files core/models/metrics',
  )
    .option('--seed <number>', 'which mutants are drawn', wholeNumber('--seed'), 1)
    .option('--sample <number>', 'how many; 0 for all', wholeNumber('--sample'), 300)
    .option('--files <part>', 'only files with this in their path', ''),
  mutate,
)

async function mutate({ seed, sample, files }: Arguments): Promise<void> {
  const all = judged
    .flatMap(pattern => globSync(pattern))
    .filter(path => path.includes(files))
    .sort()
    .flatMap(path => mutantsOf(readFileSync(path, 'utf8')).map(mutant => ({ ...mutant, path })))
  const listed = new Map((JSON.parse(readFileSync(known, 'utf8')) as Survivor[]).map(one => [nameOf(one), one]))
  const drawn = draw(all, seed, sample)
  console.log(`${drawn.length} of ${all.length} mutants, seed ${seed}`)
  const lived = await survivorsOf(drawn)

  const rooms = new Map<string, { tried: number; killed: number; lived: number; 'of these listed': number }>()
  for (const mutant of drawn) {
    const room = mutant.path.split('/').slice(1, 3).join('/')
    const count = rooms.get(room) ?? { tried: 0, killed: 0, lived: 0, 'of these listed': 0 }
    rooms.set(room, count)
    count.tried++
    if (lived.has(mutant)) count.lived++
    else count.killed++
    if (lived.has(mutant) && listed.has(nameOf(mutant))) count['of these listed']++
  }
  console.table(Object.fromEntries([...rooms].sort()))
  const names = new Set(all.map(nameOf))
  for (const one of listed.values())
    if (one.path.includes(files) && !names.has(nameOf(one)))
      console.log(`strike off known_survivors.json, it is no mutant any more: ${nameOf(one)}`)
  for (const one of drawn)
    if (!lived.has(one) && listed.has(nameOf(one)))
      console.log(`strike off known_survivors.json, it is killed now: ${nameOf(one)}`)
  const share = (100 * (drawn.length - lived.size)) / drawn.length
  console.log(`${share.toFixed(1)} % of ${drawn.length} killed; at least ${least} % must be`)
  // vitest has left 1 there for each mutant that was killed
  process.exitCode = share >= least ? 0 : 1
}

/** Mutants drawn by the digest of their name: a change of the code changes only the draws of the lines that it touches. */
function draw(all: Placed[], seed: number, sample: number): Placed[] {
  const place = (mutant: Placed): string =>
    createHash('sha256')
      .update(`${seed} ${nameOf(mutant)}`)
      .digest('hex')
  return [...new Map(all.map(mutant => [place(mutant), mutant])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, sample || undefined)
    .map(([, mutant]) => mutant)
}

/** Tries each mutant against the tests nearest to its file, and tells those that live as they are found. */
async function survivorsOf(drawn: Placed[]): Promise<Set<Placed>> {
  const nearestTests = createNearestTests()
  const lived = new Set<Placed>()
  let left = drawn.length
  const runner = await createMutantRunner()
  for (const [path, mutants] of Map.groupBy(drawn, ({ path }) => path)) {
    const text = readFileSync(path, 'utf8')
    const tests = nearestTests(path)
    const start = performance.now()
    const faults = await runner.faults(tests, 300_000)
    if (faults.length > 0) throw new Error(`the tests of ${path} fail without a mutant: ${faults.join('; ')}`)
    const limit = 10_000 + 3 * (performance.now() - start)
    left -= mutants.length
    console.error(`${path}: ${mutants.length}, then ${left}`)
    for (const mutant of mutants) {
      const found = await runner.faults(tests, limit, { path: resolve(path), text: mutated(text, mutant) })
      if (found.length > 0) continue
      lived.add(mutant)
      console.log(`lived: ${path}:${mutant.line}: ${mutant.was} → ${mutant.now}`)
    }
  }
  await runner.close()
  return lived
}
