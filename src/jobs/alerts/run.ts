import type { Config } from '../../config.ts'
import { type AlertRule, decodeAlert } from '../../core/indicators/alerts/alert_row.ts'
import { alertWindowSeconds } from '../../core/indicators/alerts/window_limits.ts'
import { decodeWindow } from '../../core/indicators/windows/window_row.ts'
import { decodeSettled } from '../../core/models/artifact/settled_json.ts'
import { SpikeError } from '../../errors.ts'
import { deadLetterTopic } from '../../streams/dead_letter.ts'
import type { Incoming } from '../../streams/port.ts'
import type { PartitionJob, RunOptions } from '../partitions/partition_job.ts'
import { runPartitions } from '../run_partitions.ts'
import { newJobStatus, worksOf } from '../status.ts'
import { AlertsPartition } from './partition.ts'
import { ScorePartition } from './score_partition.ts'
import { alertCounts } from './status.ts'

export interface AlertsJobSettings {
  config: Config
  /** Topic that the scorer writes. */
  predictions: string
}

/** The job that gives alerts of windows, predictions, market events and their dead letters. */
export function alertsJob({ config, predictions }: AlertsJobSettings): PartitionJob<AlertsPartition> {
  const { raw, windows, alerts } = config.topics
  const topics = {
    ...{ windows: windows.name, predictions, raw: raw.name, dead: deadLetterTopic(raw.name), alerts: alerts.name },
  }
  return {
    name: `alerts ${raw.name}`,
    group: 'alerts',
    reads: [topics.windows, predictions, topics.raw, topics.dead],
    input: { name: 'windows of trades', is: ({ value }) => decodeWindow(value.toString()) !== null },
    writes: [topics.alerts],
    partitions: raw.partitions,
    state: config.topics.state,
    // Counts over a span are no use to another one; all other limits may change.
    settings: `dlq_rate over ${config.alerts.dlq_rate?.span_s ?? 'no'} s`,
    open: partition => new AlertsPartition(config.alerts, topics, partition),
    isOwn: record => ruleOf(record) !== 'model_score',
  }
}

/** The job that gives alerts of models that do worse live than EWMA. */
export function scoreAlertsJob({ config }: Pick<AlertsJobSettings, 'config'>): PartitionJob<ScorePartition> {
  const [settled, alerts] = [config.topics.settled.name, config.topics.alerts.name]
  const { hours } = config.alerts.model_score!
  return {
    name: `alerts ${settled}`,
    group: `alerts-${settled}`,
    reads: [settled],
    input: { name: 'settled predictions', is: ({ value }) => decodeSettled(value.toString()) !== null },
    writes: [alerts],
    partitions: config.topics.settled.partitions,
    state: config.topics.state,
    settings: `model_score over ${hours} h`,
    open: () => new ScorePartition({ models: config.models, hours }, { settled, alerts }),
    isOwn: record => ruleOf(record) === 'model_score',
  }
}

function ruleOf({ value }: Incoming): AlertRule | undefined {
  return decodeAlert(value.toString())?.rule
}

/**
 * Gives alerts as they come due.
 * @returns alerts by rule, of the last life.
 * @throws SpikeError BAD_CONFIG where no windows are made that its rules look at; else as `runPartitions`.
 */
export async function runAlerts(
  options: AlertsJobSettings & RunOptions<AlertsPartition>,
): Promise<Record<string, number>> {
  const { status = newJobStatus<AlertsPartition>(), config } = options
  refuseUnseenWindows(config)
  const over = new AbortController()
  const stop = options.stop ? AbortSignal.any([options.stop, over.signal]) : over.signal
  const scores = newJobStatus<ScorePartition>()
  const jobs = [runPartitions({ ...alertsJob(options), ...options, stop, status })]
  const finite = options.finish?.aborted ?? false
  if (config.alerts.model_score) {
    // A run to the end may find that nothing was settled yet.
    const { input, ...scoreJob } = scoreAlertsJob(options)
    jobs.push(runPartitions({ ...scoreJob, ...(!finite && { input }), ...options, stop, status: scores }))
  }
  await Promise.all(jobs.map(job => (finite ? job : job.finally(() => over.abort()))))
  const model_score = worksOf(scores).reduce((sum, { given }) => sum + given, 0)
  return { ...alertCounts(status), ...(model_score > 0 && { model_score }) }
}

/** @throws SpikeError BAD_CONFIG where rules look at windows that nobody makes. */
export function refuseUnseenWindows({ alerts, windows }: Pick<Config, 'alerts' | 'windows'>): void {
  const rules = (['price_move', 'volume_spike', 'volatility'] as const).filter(rule => alerts[rule])
  if (rules.length === 0 || windows.sets.some(({ length_s }) => length_s === alertWindowSeconds)) return
  throw new SpikeError(
    'BAD_CONFIG',
    `windows.sets: ${rules.join(', ')} under alerts look at windows of ${alertWindowSeconds} s, and there is no set of that length; add one, or take these rules out`,
  )
}
