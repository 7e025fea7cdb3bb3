import type { Config } from '../config.ts'
import { asideTopic } from '../core/trading/signals/stand_aside.ts'
import { deadLetterTopic } from '../streams/dead_letter.ts'

/** What a topic holds, as this room knows it; those but `raw` go out on /events under this name. */
export type Kind =
  | 'raw'
  | 'candle'
  | 'window'
  | 'feature'
  | 'prediction'
  | 'settled'
  | 'signal'
  | 'ledger'
  | 'asidesignal'
  | 'asideledger'
  | 'alert'
  | 'minute'
  | 'anomaly'
  | 'article'
  | 'late'
  | 'dead'

export interface ServedTopic {
  kind: Kind
  name: string
  /** So many records of each partition are read at a start, the newest. */
  tail: number
}

/** The topics that are followed. @param predictions topic that the scorer writes. */
export function servedTopics({ topics }: Pick<Config, 'topics'>, predictions: string): ServedTopic[] {
  return [
    { kind: 'raw', name: topics.raw.name, tail: 4000 },
    { kind: 'candle', name: topics.candles.name, tail: 12_000 },
    { kind: 'window', name: topics.windows.name, tail: 4000 },
    { kind: 'feature', name: topics.features.name, tail: 4000 },
    { kind: 'prediction', name: predictions, tail: 8000 },
    { kind: 'settled', name: topics.settled.name, tail: 20_000 },
    { kind: 'signal', name: topics.signals.name, tail: 4000 },
    { kind: 'ledger', name: topics.ledger.name, tail: 4000 },
    { kind: 'asidesignal', name: asideTopic(topics.signals.name), tail: 4000 },
    { kind: 'asideledger', name: asideTopic(topics.ledger.name), tail: 4000 },
    { kind: 'alert', name: topics.alerts.name, tail: 200 },
    { kind: 'minute', name: topics.aggregations.name, tail: 200 },
    { kind: 'anomaly', name: topics.anomalies.name, tail: 1000 },
    { kind: 'article', name: topics.sentiment.name, tail: 400 },
    { kind: 'late', name: topics.late.name, tail: 200 },
    { kind: 'dead', name: deadLetterTopic(topics.raw.name), tail: 200 },
  ]
}
