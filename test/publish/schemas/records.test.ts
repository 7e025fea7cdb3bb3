/** What the jobs write is what the schemas of its topics say: each record of each output, state and dead letters among them. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../../src/config.ts'
import { encodeSymbol } from '../../../src/core/indicators/windows/symbol_table.ts'
import { runPartitions } from '../../../src/jobs/run_partitions.ts'
import { newJobStatus } from '../../../src/jobs/status.ts'
import { configuredSymbols } from '../../../src/jobs/windows/symbols.ts'
import { topicSchemas } from '../../../src/publish/schemas/topic_schemas.ts'
import { readAll } from '../../../src/streams/read_all.ts'
import { operators } from '../../fixtures/operators.ts'
import { feedJob, outputsOf } from '../../harness/job_outputs.ts'
import { createMemoryStreams } from '../../harness/memory_streams.ts'

const config = readConfig()
const schemas = new Map(topicSchemas(config).map(({ topic, schema }) => [topic, z.fromJSONSchema(schema)]))
/** The suite of all jobs names the topic of predictions by its features. */
const nameOf = (topic: string): string =>
  topic.replace(`${config.topics.features.name}.predictions`, 'ticks.predictions')
const seen = new Map<string, number>()

test.each(operators)('$name', async ({ job: jobOf, input }) => {
  const job = jobOf(config)
  const streams = createMemoryStreams()
  await feedJob(streams, job, input(config, 21))
  await runPartitions({ ...job, streams, finish: AbortSignal.abort(), status: newJobStatus() })
  for (const topic of [...outputsOf(job), config.topics.state.name].filter(name => !job.reads.includes(name))) {
    const schema = schemas.get(nameOf(topic))
    for await (const records of readAll(streams, topic))
      for (const { value } of records) {
        const text = value.toString()
        expect(schema, `no schema of ${topic}, where ${text} stands`).toBeDefined()
        const { error } = schema!.safeParse(JSON.parse(text))
        expect(error && [topic, text, error.issues]).toBeUndefined()
        seen.set(nameOf(topic), (seen.get(nameOf(topic)) ?? 0) + 1)
      }
  }
})

test('what products are', () => {
  for (const record of configuredSymbols(config))
    expect(schemas.get(config.topics.symbols.name)!.safeParse(JSON.parse(encodeSymbol(record))).error).toBeUndefined()
})

test('all topics that jobs write were among them', () => {
  const { raw, news, late, symbols, ...written } = config.topics
  expect([...seen.keys()]).toEqual(expect.arrayContaining(Object.values(written).map(({ name }) => name)))
})

test('a field that nobody knows, and one that is missing, are no record', () => {
  const label = schemas.get(config.topics.labels.name)!
  const record = { product: 'BTC-USD', time: 1, sigma_future: null }
  expect(label.safeParse(record).success).toBe(true)
  expect(label.safeParse({ ...record, label: 1 }).success).toBe(false)
  expect(label.safeParse({ product: 'BTC-USD', time: 1 }).success).toBe(false)
})
