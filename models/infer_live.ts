import { decodeRow } from '../features/row_json.ts'
import { featureNames } from '../features/spec.ts'
import { follow } from '../streams/follow.ts'
import type { Incoming, Outgoing, Position, Streams } from '../streams/port.ts'
import type { Artifact } from './artifact.ts'
import { percentileOf } from './percentile.ts'
import { encodePrediction } from './prediction_json.ts'
import { rowScorer, scoreRows } from './score.ts'

export interface LiveInferOptions {
  streams: Streams
  artifact: Artifact
  topicIn: string
  topicOut: string
  /** Ends the loop. */
  stop?: AbortSignal
  /** Once aborted: the loop ends at the end that the topic had then. */
  finish?: AbortSignal
  /** Milliseconds from any start, for the time a row takes. */
  now(): number
}

export interface LiveInferResult {
  rows: number
  alarms: number
  /** Records that are no row of this spec, or of a product whose tau the model does not know. */
  skipped: number
  /** From the bytes of a row to the bytes of its prediction, milliseconds. */
  p50_ms: number
  p99_ms: number
}

/** Latencies beyond so many overwrite the oldest. */
const remembered = 100_000

/**
 * Scores rows of a topic as they come and writes a prediction each, with its input position in one transaction: after a crash
 * none is missing and none there twice.
 * @throws SpikeError as `follow`.
 */
export async function inferLive(options: LiveInferOptions): Promise<LiveInferResult> {
  const { streams, artifact, topicIn, topicOut, stop, finish, now } = options
  const partitions = (await streams.ends(topicIn)).length
  await streams.createTopics([{ name: topicOut, partitions }])
  const group = `infer-${artifact.name}`
  const score = productScorer(artifact)
  const latencies: number[] = []
  let rows = 0
  let alarms = 0
  let skipped = 0
  const predict = (record: Incoming): Outgoing[] => {
    const started = now()
    const row = decodeRow(record.value.toString())
    if (row === null || !(row.product in artifact.tau)) {
      skipped++
      return []
    }
    const probability = score(row.product, row.values)
    const value = encodePrediction({
      product: row.product,
      time: row.time,
      model: artifact.name,
      probability,
      alarm: probability >= artifact.threshold,
      tau: artifact.tau[row.product],
    })
    latencies[rows++ % remembered] = now() - started
    if (probability >= artifact.threshold) alarms++
    return [{ topic: topicOut, key: row.product, value }]
  }
  await follow({
    streams,
    topic: topicIn,
    stop,
    finish,
    async begin(streams, life) {
      const writer = await streams.writer(group)
      life.defer(() => writer.close())
      return {
        start: await streams.committed(group, topicIn),
        async take(batch) {
          const records = batch.flatMap(predict)
          await writer.commit({ records, group, positions: positionsAfter(topicIn, batch) })
        },
      }
    },
  })
  return { rows, alarms, skipped, p50_ms: percentileOf(latencies, 50), p99_ms: percentileOf(latencies, 99) }
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
