import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'
import './needs.ts'

/** Says at the end of a run what was skipped and why: a line a reason, with the number of its tests. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>()
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const reason = reasonOf(test)
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
      }
    if (counts.size === 0) return
    const lines = [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `${`${count}`.padStart(7)}  ${why}`)
    console.log(['', '  Tests  skipped, because', ...lines].join('\n'))
  }
}

/** Of the test or of a suite around it; undefined for one that only a filter left out. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result()
  if (result.state === 'skipped' && result.note !== undefined) return result.note
  for (let at: TestCase | TestSuite | TestModule = test; at.type !== 'module'; at = at.parent)
    if (at.meta().lacks !== undefined) return at.meta().lacks
  return undefined
}
