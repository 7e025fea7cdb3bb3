import type { TestOptions } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** What the machine or the checkout does not have, so that the test was skipped. */
    lacks?: string
  }
}

/**
 * Options of a test or suite that cannot run everywhere. Where something is lacking it is skipped, and the table at the end of the
 * run says why; with SPIKE60_NO_SKIPS=1 its file fails instead.
 * @param lacking each requirement: null where it is met, else what is missing and how to get it.
 * @throws Error with SPIKE60_NO_SKIPS=1, naming what is missing.
 * @example
 * const { python, lacks } = await findPython()
 * describe('a real MLflow server', needs(lacksKafka(), lacks), () => {})
 */
export function needs(...lacking: (string | null)[]): TestOptions {
  const lacks = lacking.find(one => one !== null)
  if (lacks === undefined) return {}
  if (process.env.SPIKE60_NO_SKIPS === '1') throw new Error(`SPIKE60_NO_SKIPS=1 allows no skip, but ${lacks}`)
  return { skip: true, meta: { lacks } }
}

/** For what only Linux has: /proc, /dev/full. */
export const lacksLinux = process.platform === 'linux' ? null : 'this is not Linux'
