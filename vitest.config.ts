import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SkippedReporter } from './test/harness/skipped_reporter.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What hangs is found all the same; a busy machine takes its time, and the first hook of all fetches Kafka's jars.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: [new SkippedReporter(), 'default'],
    globalSetup: ['test/harness/kafka/global.ts'],
    setupFiles: ['test/harness/seed_properties.ts'],
    // Tests start some hundreds of our commands: half of a start is reading and compiling the same files.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/node', import.meta.url)) },
  },
})
