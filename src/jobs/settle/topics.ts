import { setImmediate as otherWork } from 'node:timers/promises'
import { decodeLabel } from '../../core/features/label_json.ts'
import { decodePrediction } from '../../core/models/artifact/prediction_json.ts'
import { type LiveScore, Settlement } from '../../monitor/settle.ts'
import type { Incoming, Position, Reader, Streams } from '../../streams/port.ts'

export interface SettleTopicsOptions {
  streams: Streams
  /** Topic of predictions. */
  predictions: string
  /** Topic of labels. */
  labels: string
}

/** Two topics on their way to one settlement. */
export interface Settling {
  settlement: Settlement
  /** Records that are neither. */
  skipped: number
  /** Reads on, the topic that is behind in time first. @returns records taken; 0 after `waitMs` without any. */
  advance(waitMs: number): Promise<number>
  /** Whether all was read that stood on both topics at `ends`. */
  hasReached(ends: Position[]): boolean
  close(): Promise<void>
}

const batchRecords = 2000

interface Source {
  reader: Reader
  /** Latest time that was seen, microseconds. */
  time: number
  /** @returns the time of the record; null when it is none of this topic. */
  take(text: string): number | null
}

/** Begins to settle the predictions of one topic against the labels of another, both from their beginning. */
export async function openSettling({ streams, predictions, labels }: SettleTopicsOptions): Promise<Settling> {
  const settlement = new Settlement()
  const predicted: Source = {
    reader: await streams.reader(predictions),
    time: Number.NEGATIVE_INFINITY,
    take(text) {
      const prediction = decodePrediction(text)
      if (prediction !== null) settlement.predicted(prediction)
      return prediction?.time ?? null
    },
  }
  const matured: Source = {
    reader: await streams.reader(labels),
    time: Number.NEGATIVE_INFINITY,
    take(text) {
      const label = decodeLabel(text)
      if (label !== null) settlement.matured(label.product, label.time, label.sigma_future)
      return label?.time ?? null
    },
  }
  const sources = [predicted, matured]
  const take = (source: Source, records: Incoming[]): void => {
    for (const { value } of records) {
      const time = source.take(value.toString())
      if (time === null) settling.skipped++
      else source.time = Math.max(source.time, time)
    }
  }
  const settling: Settling = {
    settlement,
    skipped: 0,
    async advance(waitMs) {
      const [behind, ahead] = matured.time < predicted.time ? [matured, predicted] : [predicted, matured]
      for (const [source, wait] of [
        [behind, waitMs],
        [ahead, 0],
      ] as const) {
        const records = await source.reader.poll(batchRecords, wait)
        take(source, records)
        if (records.length === 0) continue
        await otherWork()
        return records.length
      }
      return 0
    },
    hasReached: ends =>
      sources
        .flatMap(({ reader }) => reader.positions())
        .every(at => {
          const end = ends.find(({ topic, partition }) => topic === at.topic && partition === at.partition)
          return end !== undefined && at.offset >= end.offset
        }),
    async close() {
      for (const { reader } of sources) await reader.close()
    },
  }
  return settling
}

/** Scores every prediction that a topic holds now against the labels that another holds now. */
export async function settleTopics(options: SettleTopicsOptions): Promise<{ scores: LiveScore[]; skipped: number }> {
  const { streams, predictions, labels } = options
  const ends = [...(await streams.ends(predictions)), ...(await streams.ends(labels))]
  const settling = await openSettling(options)
  try {
    while (!settling.hasReached(ends)) await settling.advance(100)
    return { scores: settling.settlement.scores(), skipped: settling.skipped }
  } finally {
    await settling.close()
  }
}
