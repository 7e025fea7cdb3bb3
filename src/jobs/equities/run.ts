import type { Config } from '../../config.ts'
import { decodeEvent } from '../../core/events/event_json.ts'
import type { AnomalyFeatures } from '../../core/indicators/anomaly_features.ts'
import { pageForest, type RollingForestOptions } from '../../core/indicators/isolation_forest/rolling_forest.ts'
import { counter, type Metric } from '../../operations/metrics.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { type JobStatus, newJobStatus, worksOf } from '../status.ts'
import { EquitiesPartition, type Flagged, newEquitiesCounts } from './partition.ts'

export interface EquitiesJobSettings {
  config: Config
  /** Topic of market events. */
  topicIn: string
  features: AnomalyFeatures
  forest?: RollingForestOptions
}

/** The job that says of each trade what its windows are and how far it stands apart. */
export function equitiesJob(settings: EquitiesJobSettings): PartitionJob<EquitiesPartition> {
  const { config, topicIn, features, forest = pageForest } = settings
  const { scored, aggregations, anomalies } = config.topics
  const topics = { scored: scored.name, minutes: aggregations.name, anomalies: anomalies.name }
  const { out_of_orderness_s, ahead_limit_s } = config.time
  const times = { lag: 1e6 * out_of_orderness_s, aheadLimit: 1e6 * ahead_limit_s }
  return {
    name: `equities ${topicIn} ${scored.name}`,
    group: `equities-${topicIn}-${scored.name}`,
    reads: [topicIn],
    input: { name: 'market events', is: ({ value }) => typeof decodeEvent(value.toString()) !== 'string' },
    writes: [scored.name, aggregations.name, anomalies.name],
    recalls: [scored.name],
    partitions: config.topics.raw.partitions,
    state: config.topics.state,
    settings: `equities ${JSON.stringify({ features, ...forest, ...times })}`,
    open: () => new EquitiesPartition({ features, forest, mean: 'exact', ...times }, topics),
  }
}

export interface EquitiesResult extends ReturnType<typeof newEquitiesCounts> {
  /** By product: trades that a model scored, over all lives, and how many of them it flagged. */
  scored: Record<string, Flagged>
}

/** Aggregates and scores trades until it is told to stop. @throws SpikeError as `runPartitions`. */
export async function runEquities(
  options: EquitiesJobSettings & RunOptions<EquitiesPartition>,
): Promise<EquitiesResult> {
  const { status = newJobStatus() } = options
  await runPartitions({ ...equitiesJob(options), ...options, status })
  return equitiesResult(status)
}

/** What came of the records that were taken in since it last began. */
function equitiesResult(status: JobStatus<EquitiesPartition>): EquitiesResult {
  const total = newEquitiesCounts()
  const works = worksOf(status)
  for (const { counts } of works) {
    for (const key of Object.keys(total) as (keyof typeof total)[])
      if (key !== 'refused') total[key] += counts[key] as number
    for (const reason of Object.keys(total.refused)) total.refused[reason] += counts.refused[reason]
  }
  return { ...total, scored: Object.fromEntries(works.flatMap(work => [...work.flagged()])) }
}

export function equitiesMetrics(status: JobStatus<EquitiesPartition>): Metric[] {
  const { scored, refused, ...counts } = equitiesResult(status)
  const byProduct = (key: keyof Flagged) =>
    Object.entries(scored).map(([product, flagged]) => ({ labels: { product }, value: flagged[key] }))
  return [
    ...Object.entries(counts).map(([name, value]) =>
      counter(`equities_${name}_total`, `Trades or events: ${name}.`, value),
    ),
    counter(
      'equities_refused_total',
      'Records put on the dead-letter topic.',
      ...Object.entries(refused).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
    counter('equities_scored_total', 'Trades that a model scored.', ...byProduct('scored')),
    counter('equities_flagged_total', 'Trades that stand apart.', ...byProduct('flagged')),
  ]
}
