import type { Config } from '../../config.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import { counter, gauge, type Metric } from '../../operations/metrics.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { countsOf, type JobStatus, newJobStatus, worksOf } from '../status.ts'
import { type NewsCounts, NewsPartition, newNewsCounts } from './partition.ts'

export interface NewsJobSettings {
  config: Config
  /** Topic of market events. */
  topicIn: string
}

/** The job that says which articles came out beside unusual volume. */
export function newsJob({ config, topicIn }: NewsJobSettings): PartitionJob<NewsPartition> {
  const { news, sentiment, raw } = config.topics
  const { out_of_orderness_s, ahead_limit_s } = config.time
  const settings = { lag: 1e6 * out_of_orderness_s, aheadLimit: 1e6 * ahead_limit_s }
  return {
    name: `news ${topicIn} ${news.name} ${sentiment.name}`,
    group: `news-${topicIn}-${news.name}-${sentiment.name}`,
    reads: [topicIn, news.name],
    input: { name: 'market events', is: ({ value }) => typeof decodeEvent(value.toString()) !== 'string' },
    writes: [sentiment.name],
    partitions: raw.partitions,
    state: config.topics.state,
    settings: `news ${JSON.stringify(settings)}`,
    open: () => new NewsPartition(settings, { raw: topicIn, news: news.name, sentiment: sentiment.name }),
  }
}

export interface NewsResult extends NewsCounts {
  waiting: number
  /** By product: the share of random seconds beside unusual volume; null before there was any. */
  base_rate: Record<string, number | null>
}

/** Joins articles with volume until it is told to stop. @throws SpikeError as `runPartitions`. */
export async function runNews(options: NewsJobSettings & RunOptions<NewsPartition>): Promise<NewsResult> {
  const { status = newJobStatus() } = options
  await runPartitions({ ...newsJob(options), ...options, status })
  return newsResult(status)
}

function newsResult(status: JobStatus<NewsPartition>): NewsResult {
  const works = worksOf(status)
  const base_rate = Object.fromEntries(works.flatMap(work => [...work.baseRates()]))
  return {
    ...countsOf(status, newNewsCounts()),
    waiting: works.reduce((sum, work) => sum + work.waiting(), 0),
    base_rate,
  }
}

export function newsMetrics(status: JobStatus<NewsPartition>): Metric[] {
  const { waiting, base_rate, ...counts } = newsResult(status)
  const rates = Object.entries(base_rate).flatMap(([product, value]) =>
    value === null ? [] : [{ labels: { product }, value }],
  )
  return [
    ...Object.entries(counts).map(([name, value]) =>
      counter(`news_${name}_total`, `Articles or records: ${name}.`, value),
    ),
    gauge('news_waiting', 'Articles whose market has not passed them yet.', waiting),
    gauge('news_base_rate', 'Share of random seconds beside unusual volume.', ...rates),
  ]
}
