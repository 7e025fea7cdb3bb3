import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { digestOfSimulation } from '../../fixtures/simulated_digest.ts'
import { evaluateInBrowser, lacksBrowser } from '../../harness/browser.ts'
import { needs } from '../../harness/needs.ts'

/** Changes only with the simulated market or with the features, never with what computes them. */
const digest = 'df57fba7db0eb2765d6b97a2e5e8e2c2745b59cb1142db20954a11b04d7aec44'

test('a seeded market has the same digest in Node', async () => {
  expect(await digestOfSimulation()).toBe(digest)
})

test('… and in a real browser', needs(lacksBrowser), async () => {
  const bundle = await rolldown({ input: 'test/fixtures/simulated_digest.ts', platform: 'browser' })
  const { output } = await bundle.generate({ format: 'iife', name: 'simulation' })
  const found = await evaluateInBrowser(output[0].code, page => page.evaluate('simulation.digestOfSimulation()'))
  expect(found).toBe(digest)
})
