import { z } from 'zod'
import type { Config } from '../../config.ts'
import { eventSchema } from '../../core/events/event_schema.ts'
import { rowSchema } from '../../core/features/row_schema.ts'
import { asideTopic } from '../../core/trading/signals/stand_aside.ts'
import { deadLetterSchema, deadLetterTopic } from '../../streams/dead_letter.ts'
import {
  alertRecord,
  anomalyRecord,
  barRecord,
  candleRecord,
  labelRecord,
  ledgerRecord,
  minuteRecord,
  predictionRecord,
  scoredRecord,
  sentimentRecord,
  settledRecord,
  signalRecord,
  stateRecord,
  symbolRecord,
  windowRecord,
} from './record_schemas.ts'

interface Versioned {
  version: number
  schema: z.ZodType
}

/** What stands on each topic, by its key in the config. A change that a reader of before would stumble over takes a new version. */
const topics: Record<keyof Config['topics'], Versioned> = {
  raw: { version: 1, schema: eventSchema },
  late: { version: 1, schema: eventSchema },
  news: { version: 1, schema: eventSchema },
  bars: { version: 1, schema: barRecord },
  features: { version: 1, schema: rowSchema },
  labels: { version: 1, schema: labelRecord },
  settled: { version: 1, schema: settledRecord },
  windows: { version: 1, schema: windowRecord },
  candles: { version: 1, schema: candleRecord },
  symbols: { version: 1, schema: symbolRecord },
  signals: { version: 1, schema: signalRecord },
  ledger: { version: 1, schema: ledgerRecord },
  scored: { version: 1, schema: scoredRecord },
  aggregations: { version: 1, schema: minuteRecord },
  anomalies: { version: 1, schema: anomalyRecord },
  sentiment: { version: 1, schema: sentimentRecord },
  alerts: { version: 1, schema: alertRecord },
  state: { version: 1, schema: stateRecord },
}
const predictions = 'ticks.predictions'
const prediction: Versioned = { version: 1, schema: predictionRecord }
const deadLetter: Versioned = { version: 1, schema: deadLetterSchema }
/** Topics that jobs read, and so have one of dead letters beside them. */
const read = ['raw', 'news', 'features', 'labels', 'windows', 'candles', 'settled'] as const

/** A topic's record as a JSON Schema. */
export interface TopicSchema {
  topic: string
  version: number
  /** Where it stands in the project. */
  path: string
  schema: Record<string, unknown>
}

/** Those of all topics, by the names of the config. What zod checks beyond JSON Schema's means is left out. */
export function topicSchemas({ topics: names }: Pick<Config, 'topics'>): TopicSchema[] {
  const named = Object.entries(topics).map(([key, versioned]) =>
    schemaOf(names[key as keyof typeof topics].name, versioned),
  )
  // Alerts read the dead letters of market events, too.
  const inputs = [...read.map(key => names[key].name), predictions, deadLetterTopic(names.raw.name)]
  const letters = inputs.map(deadLetterTopic)
  // A trader that stands aside writes the same records beside the plain one.
  const beside = (['signals', 'ledger'] as const).map(key => ({
    ...schemaOf(names[key].name, topics[key]),
    topic: asideTopic(names[key].name),
  }))
  return [
    ...named,
    ...beside,
    schemaOf(predictions, prediction),
    ...letters.map(topic => ({ ...schemaOf('dlq', deadLetter), topic })),
  ]
}

function schemaOf(title: string, { version, schema }: Versioned): TopicSchema {
  const path = `docs/schemas/${title}.v${version}.json`
  return { topic: title, version, path, schema: { title, ...z.toJSONSchema(schema) } }
}
