import type { Micros, News } from '../../events/event.ts'
import { decodeRecord } from '../../events/json_record.ts'
import type { Correlation } from './news_join.ts'
import { type Sentiment, scoreSentiment, sentimentLabel } from './vader.ts'

/** An article and a product, as it stands on `market.sentiment`; the highest revision counts. */
export interface SentimentRecord {
  product: string
  /** The publisher's; with the product it says which record it is. */
  id: string
  /** When it came out. */
  time: Micros
  headline: string
  source: string
  url: string
  /** VADER's compound of the headline, -1 to 1, and its label. */
  sentiment_score: number
  sentiment_label: 'positive' | 'negative' | 'neutral'
  vader_scores: Sentiment
  /** Null while it is not known, and for good where the article was found hours late. */
  correlated_anomaly: boolean | null
  volume_zscore_at_publish: number | null
  correlation_strength: Correlation['strength'] | null
  /** The share of random seconds up to then at which an article would have been correlated; null before there was any. */
  base_rate: number | null
  /** 1 is provisional: the sentiment alone. 2 is final. */
  revision: 1 | 2
  final: boolean
}

/** What can be said of an article at once. */
export function provisionalSentiment({ product, id, time, headline, source, url }: News): SentimentRecord {
  const vader_scores = scoreSentiment(headline)
  const { compound } = vader_scores
  return {
    ...{
      product,
      id,
      time,
      headline,
      source,
      url,
      sentiment_score: compound,
      sentiment_label: sentimentLabel(compound),
    },
    ...{ vader_scores, correlated_anomaly: null, volume_zscore_at_publish: null, correlation_strength: null },
    ...{ base_rate: null, revision: 1, final: false },
  }
}

/** @param found null where the minutes around it are not known any more. */
export function finalSentiment(
  record: SentimentRecord,
  found: Correlation | null,
  base_rate: number | null,
): SentimentRecord {
  return {
    ...record,
    ...{ correlated_anomaly: found?.correlated ?? null, volume_zscore_at_publish: found?.z ?? null },
    ...{ correlation_strength: found?.strength ?? null, base_rate, revision: 2, final: true },
  }
}

export function encodeSentiment(record: SentimentRecord): string {
  return JSON.stringify(record)
}

/** @returns null for anything else. */
export function decodeSentiment(text: string): SentimentRecord | null {
  return decodeRecord<SentimentRecord>(
    text,
    ({ product, id, time, headline, sentiment_score, revision, final }) =>
      [product, id, headline].every(value => typeof value === 'string') &&
      Number.isSafeInteger(time) &&
      Number.isFinite(sentiment_score) &&
      Number.isSafeInteger(revision) &&
      typeof final === 'boolean',
  )
}
