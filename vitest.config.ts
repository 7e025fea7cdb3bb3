import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What hangs is found all the same; a busy machine takes its time, and the first hook of all fetches Kafka's jars.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/kafka_global.ts'],
  },
})
