import { type Config, readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { type Delivery, deliver } from '../jobs/alerts/deliver.ts'
import { type DryRun, tryAlerts } from '../jobs/alerts/dry_run.ts'
import type { AlertsPartition } from '../jobs/alerts/partition.ts'
import { receiversOf } from '../jobs/alerts/receivers.ts'
import { alertsJob, runAlerts } from '../jobs/alerts/run.ts'
import { alertMetrics } from '../jobs/alerts/status.ts'
import { type ProcessParts, runJobProcess } from '../jobs/job_process.ts'
import { newJobStatus } from '../jobs/status.ts'
import { command, port, runCommand, topicEngines } from '../operations/command.ts'
import { files } from '../operations/path_patterns.ts'
import { withProgress } from '../operations/progress.ts'

interface Arguments {
  raw?: string[]
  topics?: string
  predictions: string
  scores?: string
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

async function main(given: Arguments): Promise<void> {
  const { raw, topics, scores = null, json } = given
  if ((raw === undefined) === (topics === undefined))
    throw new SpikeError('BAD_ARGUMENT', 'name either --raw FILE… or --topics ENGINE')
  if (scores !== null && raw === undefined)
    throw new SpikeError(
      'BAD_ARGUMENT',
      '--scores is for --raw: with --topics predictions are on a topic, --predictions',
    )
  const config = readConfig(given.config)
  if (topics !== undefined) return await followTopics({ ...given, topics }, config)
  const result = await withProgress(!json, say => tryAlerts(raw!, config, scores, events => say('events', events)))
  if (result.days === 0)
    throw new SpikeError('BAD_FILE', `${raw!.join(', ')}: no event of a known product; name files that hold some`)
  if (json) console.log(JSON.stringify(result))
  else for (const line of describe(result, scores !== null)) console.log(line)
}

function describe({ events, days, rules }: DryRun, scored: boolean): string[] {
  return [
    `${events} events of ${(24 * days).toFixed(1)} hours; with these rules there would have been`,
    ...rules.map(
      ({ rule, alerts, per_day }) => `  ${rule.padEnd(18)}${`${alerts}`.padStart(6)}   ${per_day.toFixed(1)} a day`,
    ),
    ...(scored ? [] : ['spike_probability is not among them: name predictions with --scores']),
  ]
}

async function followTopics(given: Arguments & { topics: string }, config: Config): Promise<void> {
  const { untilEnd, predictions, json } = given
  const status = newJobStatus<AlertsPartition>()
  const receivers = untilEnd ? [] : receiversOf(process.env)
  const deliveries = receivers.map(({ name }): Delivery => ({ name, delivered: 0, failed: 0, refused: 0 }))
  const { reads } = alertsJob({ config, predictions })
  const shown = { job: 'alerts', status, reads, metrics: () => alertMetrics(status, deliveries) }
  const work = async ({ stop, ...parts }: ProcessParts): Promise<Record<string, number>> => {
    const over = new AbortController()
    const ends = AbortSignal.any([stop, over.signal])
    const topic = config.topics.alerts
    const job = runAlerts({ ...parts, stop: ends, config, predictions, finish: untilEnd ? stopped : undefined, status })
    const told = receivers.map((receiver, i) =>
      deliver({ ...parts, stop: ends, topic, receiver, delivery: deliveries[i] }),
    )
    const [counts] = await Promise.all([job, ...told].map(one => one.finally(() => over.abort())))
    return counts as Record<string, number>
  }
  const counts = await runJobProcess({ ...given, name: 'alerts', finite: untilEnd, ...shown }, work)
  if (json) console.log(JSON.stringify({ alerts: counts, deliveries }))
  else
    console.log(
      Object.entries(counts)
        .map(([rule, count]) => `${count} ${rule}`)
        .join(', ') || 'no alert',
    )
}

const stopped = AbortSignal.abort()

export const alertsCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'alerts',
      'Alerts of a market, by the rules of config.yaml: onto market.alerts, then to ALERT_WEBHOOK_URL and ALERTMANAGER_URL. Or how many a day saved data would have given.',
      "npm run alerts -- --raw 'data/raw/*.ndjson'",
    )
      .option(
        '--raw <file...>',
        'a dry run: bronze files, captures, or trades one a line; a quoted pattern is expanded',
        files('--raw'),
      )
      .option('--scores <file>', 'what models/infer.ts --features wrote: the dry run asks spike_probability of it')
      .option('--topics <engine>', `${topicEngines}: alerts of topics as they come, until stopped`)
      .option('--predictions <topic>', 'topic that models/infer.ts writes', 'ticks.predictions')
      .option('--until-end', 'stop at the end that the topics have now, and tell nobody')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print the summary as one JSON line'),
    main,
    argv,
  )
