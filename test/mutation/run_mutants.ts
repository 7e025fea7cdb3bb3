import { createVitest, type TestCase } from 'vitest/node'

/** Nearest first: what kills a mutant soonest ends its run. */
class AsGiven {
  sort<One>(files: One[]): One[] {
    return files
  }
  shard<One>(files: One[]): One[] {
    return files
  }
}

/**
 * Runs test files while a mutant stands in the place of a source file: in memory only, so nothing on the disk ever changes. One
 * vitest stays warm for all mutants; each run has a thread of its own, which is ended when it hangs.
 */
export async function createMutantRunner() {
  let swapped: { path: string; text: string } | null = null
  const load = (id: string): string | null => (id === swapped?.path ? swapped.text : null)
  const vitest = await createVitest(
    {
      config: false,
      watch: false,
      // Nothing of a mutant may outlive its run.
      cache: false,
      fsModuleCache: false,
      include: ['test/**/*.test.ts'],
      sequence: { sequencer: AsGiven },
      reporters: [{}],
      pool: 'threads',
      isolate: false,
      maxWorkers: 1,
      bail: 1,
      setupFiles: ['test/harness/seed_properties.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
    { plugins: [{ name: 'mutant', enforce: 'pre', load }] },
  )
  return {
    /**
     * What the tests find within `limit` milliseconds: nothing where all pass.
     * @param mutant absolute path of a source file, and the text that stands in its place.
     */
    async faults(tests: string[], limit: number, mutant?: { path: string; text: string }): Promise<string[]> {
      swapped = mutant ?? null
      if (mutant) vitest.invalidateFile(mutant.path)
      const found: string[] = []
      const timer = setTimeout(() => {
        found.push(`no end after ${Math.round(limit / 1000)} s`)
        // The second time ends what does not end by itself.
        for (let i = 0; i < 2; i++) void vitest.cancelCurrentRun('keyboard-input')
      }, limit)
      const project = vitest.getRootProject()
      const run = await vitest.runTestSpecifications(tests.map(test => project.createSpecification(test)))
      clearTimeout(timer)
      swapped = null
      if (mutant) vitest.invalidateFile(mutant.path)
      found.push(...run.unhandledErrors.map(String))
      // Beside this run's files it knows those of earlier runs.
      for (const one of run.testModules.filter(one => tests.includes(one.moduleId) && !one.ok()))
        found.push(
          one.moduleId,
          ...one.errors().map(({ message }) => message),
          ...errorsOf(one.children.allTests('failed')),
        )
      return found
    },
    close: () => vitest.close(),
  }
}

function errorsOf(tests: Iterable<TestCase>): string[] {
  return [...tests].flatMap(test => [test.fullName, ...(test.result().errors ?? []).map(({ message }) => message)])
}
