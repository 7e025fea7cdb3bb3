import { expect } from 'vitest'
import { type Config, productsOf } from '../../src/config.ts'
import type { Artifact } from '../../src/core/models/artifact/artifact.ts'
import { runFeaturizer } from '../../src/jobs/featurize/run.ts'
import { sinkRows } from '../../src/jobs/featurize/sink.ts'
import { feedFiles } from '../../src/jobs/ingest/feed_files.ts'
import type { PartitionJob } from '../../src/jobs/partitions/partition_job.ts'
import type { PartitionWork } from '../../src/jobs/partitions/partition_work.ts'
import { replay } from '../../src/jobs/replay/replay.ts'
import { inferLive } from '../../src/jobs/score/run.ts'
import { readEvents } from '../../src/market/decode/events.ts'
import { deadLetterTopic } from '../../src/streams/dead_letter.ts'
import { openStreams } from '../../src/streams/open.ts'
import type { Outgoing, Streams } from '../../src/streams/port.ts'
import { readAll } from '../../src/streams/read_all.ts'

/** What stands on a topic: a line a record, by partition, in order. */
export type Contents = string[][]

export const predictions = 'ticks.predictions'

/** The topics that a run of the features and of a scorer writes. */
export function outputTopics({ topics }: Config): string[] {
  return [
    topics.raw.name,
    `${topics.raw.name}.dlq`,
    ...[topics.bars, topics.features, topics.labels, topics.late].map(t => t.name),
    predictions,
    `${topics.features.name}.dlq`,
  ]
}

/** The topics that a job writes, those of dead letters among them. */
export function outputsOf({ writes, reads }: PartitionJob<PartitionWork>): string[] {
  return [...writes, ...reads.map(deadLetterTopic)]
}

/** Puts records on the input topics of a job. */
export async function feedJob(
  streams: Streams,
  { reads, partitions }: PartitionJob<PartitionWork>,
  records: Outgoing[],
): Promise<void> {
  await streams.createTopics(reads.map(name => ({ name, partitions })))
  const writer = await streams.writer(`feed-${reads[0]}`)
  await writer.commit({ records })
  await writer.close()
}

/** What `ticks.raw` must hold of bronze without a dead record: the lines of each product, in order, as `contentsOf` gives them. */
async function linesOfBronze(files: string[], config: Config): Promise<Map<string, string[]>> {
  const lines = new Map(productsOf(config).map(product => [product, [] as string[]]))
  for await (const { events, dead } of readEvents(files, config)) {
    expect(dead).toEqual([])
    for (const event of events) lines.get(event.product)!.push(`${event.product} ${JSON.stringify(event)}`)
  }
  return lines
}

/** Expects all of bronze on its topic, each product's lines once, in the order of its replay. @returns by product how many. */
export async function expectPublished(streams: Streams, config: Config, files: string[]): Promise<Map<string, number>> {
  const found = (await contentsOf(streams, config.topics.raw.name)).flat()
  const wanted = [...(await linesOfBronze(files, config))]
  for (const [product, lines] of wanted) expect(found.filter(line => line.startsWith(`${product} `))).toEqual(lines)
  expect(found.length).toBe(wanted.reduce((sum, [, lines]) => sum + lines.length, 0))
  return new Map(wanted.map(([product, lines]) => [product, lines.length]))
}

/** Expects of the events on a topic the features of a replay of their bronze. @param out Parquet file to write. @returns how many rows. */
export async function expectReplayed(streams: Streams, config: Config, files: string[], out: string): Promise<number> {
  const { raw, features } = config.topics
  await runFeaturizer({ streams, config, topicIn: raw.name, topicOut: features.name, finish: AbortSignal.abort() })
  const { digest, rows } = await replay({ raw: files, out: null, config })
  expect(await sinkRows({ streams, config, topic: features.name, out })).toEqual({ digest, rows, skipped: 0 })
  return rows
}

/** Everything that is committed on a topic. */
export async function contentsOf(streams: Streams, topic: string): Promise<Contents> {
  const contents: Contents = []
  for await (const records of readAll(streams, topic))
    for (const { partition, key, value } of records) {
      contents[partition] ??= []
      contents[partition].push(`${key} ${value}`)
    }
  return Array.from(contents, lines => lines ?? [])
}

/** The values of all records that are committed on a topic, as text. */
export async function textsOf(streams: Streams, topic: string): Promise<string[]> {
  const texts: string[] = []
  for await (const records of readAll(streams, topic)) texts.push(...records.map(({ value }) => value.toString()))
  return texts
}

/** What saved files become when nobody disturbs the run: by topic. */
export async function undisturbed(
  config: Config,
  artifact: Artifact,
  raw: string[],
  log: string,
): Promise<Map<string, Contents>> {
  const streams = await openStreams(`embedded://${log}`)
  try {
    await feedFiles({ streams, config, raw })
    const { topics } = config
    await runFeaturizer({
      streams,
      config,
      topicIn: topics.raw.name,
      topicOut: topics.features.name,
      finish: AbortSignal.abort(),
    })
    await inferLive({
      streams,
      artifact,
      topicIn: topics.features.name,
      topicOut: predictions,
      config,
      finish: AbortSignal.abort(),
    })
    const all = new Map<string, Contents>()
    for (const topic of outputTopics(config)) all.set(topic, await contentsOf(streams, topic))
    return all
  } finally {
    await streams.close()
  }
}

/** Nothing when both are equal, else where and how they part: two lists of thousands of lines are no message. */
export function difference(found: Contents, wanted: Contents): string[] {
  const told: string[] = []
  for (let partition = 0; partition < Math.max(found.length, wanted.length); partition++) {
    const [is, should] = [found[partition] ?? [], wanted[partition] ?? []]
    const at = should.findIndex((line, i) => is[i] !== line)
    if (at < 0 && is.length === should.length) continue
    const [missing, twice] = [should.filter(line => !is.includes(line)).length, is.length - new Set(is).size]
    const where = at < 0 ? should.length : at
    told.push(
      `partition ${partition}: ${is.length} records, not ${should.length}; ${missing} missing, ${twice} repeated; ` +
        `differs at ${where}: ${is[where]?.slice(0, 200)} instead of ${should[where]?.slice(0, 200)}`,
    )
  }
  return told
}
