import { globSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const pure = [
  'test/{core,market/decode,market/feeds,monitor,jobs/settle}/**/*.test.ts',
  'test/jobs/featurize/partition.test.ts',
]
/** These take many seconds, since they train, replay or start processes. */
const long = new Set(
  [
    'core/features/anticipate',
    'core/features/browser',
    'core/features/checks/disturb',
    'core/features/engine_properties',
    'core/features/label',
    'core/models/audit/audit',
    'core/models/audit/honest_markets',
    'core/models/experiment',
    'core/models/judge/training_walk',
    'core/models/split/walk_forward',
    'jobs/settle/run',
    'market/decode/captures',
    'monitor/page/drift_html',
  ].map(name => `test/${name}.test.ts`),
)
/** So many files, the nearest ones, are run. */
const most = 10

/**
 * The tests that judge a source file, nearest first: the mirrored one, then those of its folder, of the folder above and so on, and
 * among these those that import it before those that import what imports it, and longer ones first. A long one only where it is the
 * mirrored one, or has the name of the folder, or there is no other.
 * @returns a function of a path such as `src/core/math/search.ts`.
 */
export function createNearestTests(): (path: string) => string[] {
  const tests = new Set(globSync(pure).filter(path => !path.endsWith('.slow.test.ts')))
  const importers = new Map<string, string[]>()
  for (const path of [...globSync(['src/**/*.ts', 'test/fixtures/*.ts']), ...tests].sort())
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/^(?:import|export|\}) [^;]*?'(\.[^']+)'/gm)) {
      const imported = join(dirname(path), target)
      importers.set(imported, [...(importers.get(imported) ?? []), path])
    }
  return path => {
    const steps = new Map([[path, 0]])
    for (const [one, count] of steps)
      for (const importer of importers.get(one) ?? []) if (!steps.has(importer)) steps.set(importer, count + 1)
    const mirror = path.replace(/^src(.*)\.ts$/, 'test$1.test.ts')
    const far = (test: string): number[] => [
      test === mirror ? 0 : 1,
      -folders(test, mirror),
      steps.get(test) ?? 0,
      -statSync(test).size,
    ]
    const found = [...new Set([mirror, ...steps.keys()])]
      .filter(one => tests.has(one))
      .map(test => ({ test, far: far(test) }))
      .sort((a, b) => a.far.map((value, i) => value - b.far[i]).find(difference => difference !== 0) ?? 0)
      .map(({ test }) => test)
    const short = found.filter(one => !long.has(one)).slice(0, most)
    const own = found.filter(one => long.has(one) && (one === mirror || isOfFolder(one, mirror)))
    return short.length + own.length === 0 ? found.slice(0, 1) : [...short, ...own]
  }
}

/** Whether a test has the name of the folder of `mirror`, as `audit/audit.test.ts`. */
function isOfFolder(test: string, mirror: string): boolean {
  return dirname(test) === dirname(mirror) && basename(test) === `${basename(dirname(test))}.test.ts`
}

/** How many folders two paths share from the root on. */
function folders(a: string, b: string): number {
  const other = dirname(b).split('/')
  const different = dirname(a)
    .split('/')
    .findIndex((folder, i) => folder !== other[i])
  return different < 0 ? other.length : different
}
