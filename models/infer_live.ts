import type { Logger } from 'pino'
import { decodeRow } from '../features/row_json.ts'
import { featureNames } from '../features/spec.ts'
import { touchHealth } from '../operations/health.ts'
import { deadLetterTopic, encodeDeadLetter } from '../streams/dead_letter.ts'
import { follow } from '../streams/follow.ts'
import type { Incoming, Outgoing, Position, Streams, Writer } from '../streams/port.ts'
import type { Artifact } from './artifact.ts'
import { newScorerStatus, noteRow, rowPercentiles, type ScorerStatus } from './infer_status.ts'
import { encodePrediction } from './prediction_json.ts'
import { rowScorer, scoreRows } from './score.ts'

export interface LiveInferOptions {
  streams: Streams
  artifact: Artifact
  topicIn: string
  topicOut: string
  /** Partitions of the topics where they are missing and made. */
  partitions: number
  /** Ends the loop. */
  stop?: AbortSignal
  /** Once aborted: the loop ends at the end that the topic had then. */
  finish?: AbortSignal
  /** Milliseconds from any start, for the time a row takes. */
  now(): number
  log?: Logger
  /** Kept up to date while it runs. */
  status?: ScorerStatus
}

export interface LiveInferResult {
  rows: number
  alarms: number
  /** Rows of a product whose tau the model does not know. */
  skipped: number
  /** Records that are no row of this spec; they stand on the dead-letter topic. */
  dead: number
  /** From the bytes of a row to the bytes of its prediction, milliseconds, over the latest rows. */
  p50_ms: number
  p99_ms: number
}

/** What one batch comes to, counted once it is committed. */
interface Scored {
  records: Outgoing[]
  seconds: number[]
  alarms: number
  skipped: number
  dead: number
}

/**
 * Scores rows of a topic as they come and writes a prediction each, with its input position in one transaction: after a crash
 * none is missing and none there twice. A record that is no row goes to the dead letters, in the same transaction.
 * @throws SpikeError WRITER_FENCED when another scorer of the same model and topics took over; else as `follow`.
 */
export async function inferLive(options: LiveInferOptions): Promise<LiveInferResult> {
  const { streams, artifact, topicIn, topicOut, partitions, stop, finish, now, log } = options
  const status = options.status ?? newScorerStatus()
  const group = `infer-${artifact.name}-${topicIn}-${topicOut}`
  const score = productScorer(artifact)
  const unknown = new Set<string>()

  function scoreBatch(batch: Incoming[]): Scored {
    const scored: Scored = { records: [], seconds: [], alarms: 0, skipped: 0, dead: 0 }
    for (const record of batch) {
      const started = now()
      const row = decodeRow(record.value.toString())
      if (row === null) {
        scored.dead++
        const value = encodeDeadLetter(record, 'not_a_row')
        scored.records.push({ topic: deadLetterTopic(topicIn), key: record.key, value })
        continue
      }
      const { product, time, values } = row
      const tau = Object.hasOwn(artifact.tau, product) ? artifact.tau[product] : null
      if (tau === null) {
        scored.skipped++
        if (!unknown.has(product)) log?.warn({ product, known: Object.keys(artifact.tau) }, 'not scored: no tau')
        unknown.add(product)
        continue
      }
      const probability = score(product, values)
      const alarm = probability >= artifact.threshold
      const value = encodePrediction({ product, time, model: artifact.name, probability, alarm, tau })
      scored.records.push({ topic: topicOut, key: product, value })
      if (alarm) scored.alarms++
      scored.seconds.push((now() - started) / 1000)
    }
    return scored
  }

  async function take(writer: Writer, batch: Incoming[]): Promise<void> {
    const scored = scoreBatch(batch)
    const positions = positionsAfter(topicIn, batch)
    const began = now()
    await writer.commit({ records: scored.records, group, positions })
    status.transactions.count++
    status.transactions.seconds += (now() - began) / 1000
    for (const { partition, offset } of positions) status.next.set(partition, offset)
    for (const seconds of scored.seconds) noteRow(status, seconds)
    status.alarms += scored.alarms
    status.skipped += scored.skipped
    status.dead += scored.dead
    if (scored.dead > 0) log?.warn({ count: scored.dead, topic: deadLetterTopic(topicIn) }, 'dead letters')
  }

  await follow({
    streams,
    topic: topicIn,
    stop,
    finish,
    async begin(own, life) {
      life.defer(async () => {
        status.ready = false
      })
      const names = [topicIn, topicOut, deadLetterTopic(topicIn)]
      await streams.createTopics(names.map(name => ({ name, partitions })))
      const writer = await own.writer(group)
      life.defer(() => writer.close())
      const start = await streams.committed(group, topicIn)
      for (let partition = 0; partition < partitions; partition++)
        status.next.set(partition, start.find(position => position.partition === partition)?.offset ?? 0)
      return { start, take: batch => take(writer, batch) }
    },
    onTurn() {
      status.turnedAt = now()
      touchHealth()
    },
    onBegun() {
      status.ready = true
      log?.info({ model: artifact.name, offsets: [...status.next.values()] }, 'ready')
    },
    onRetry(error, pause_ms) {
      status.begunAnew++
      status.fault = error.message
      log?.warn({ code: error.code, reason: error.message, pause_ms }, 'begins anew')
    },
  })
  const { rows, alarms, skipped, dead } = status
  const [p50_ms, p99_ms] = rowPercentiles(status, [50, 99]).map(seconds => 1000 * seconds)
  return { rows, alarms, skipped, dead, p50_ms, p99_ms }
}

/** The same numbers as `scoreRows`, a row at a time. */
function productScorer(artifact: Artifact): (product: string, values: Float64Array) => number {
  if (artifact.format === 'spike60-linear') {
    const score = rowScorer(artifact)
    return (_, values) => score(values)
  }
  const places = artifact.inputs.map(name => featureNames.indexOf(name))
  const columns = Object.fromEntries(artifact.inputs.map(name => [name, new Float64Array(1)]))
  const row = { rows: 1, time: new Float64Array(1), columns, sigma_future: new Float64Array(1) }
  return (product, values) => {
    artifact.inputs.forEach((name, i) => {
      columns[name][0] = values[places[i]]
    })
    return scoreRows(artifact, { ...row, product: [product] })[0]
  }
}

function positionsAfter(topic: string, batch: Incoming[]): Position[] {
  const next = new Map<number, number>()
  for (const { partition, offset } of batch) next.set(partition, Math.max(next.get(partition) ?? 0, offset + 1))
  return [...next].map(([partition, offset]) => ({ topic, partition, offset }))
}
