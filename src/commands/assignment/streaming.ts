import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { decodeRowRecord } from '../../core/features/row_bytes.ts'
import { RowCollector } from '../../core/features/rows.ts'
import { checkFor } from '../../jobs/check/records.ts'
import { replay } from '../../jobs/replay/replay.ts'
import { redact } from '../../operations/redact.ts'
import { runPaths } from '../../run_paths.ts'
import { digestOf } from '../../stores/digest.ts'
import { openStreams } from '../../streams/open.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { type Evidence, found, type Item, lacking, type Submission } from './item.ts'

/** The assignment's own figure for `kafka_consume_check`. */
const leastTicks = 100

const ticks: Item = {
  name: 'Ticks on ticks.raw, read back by a consumer',
  mend: 'npm run ingest -- --pair BTC-USD --minutes 15',
  look: submission => checkTopic(submission, submission.config.topics.raw.name, leastTicks),
}

const rows: Item = {
  name: 'Features on ticks.features, read back by a consumer',
  mend: 'npm run featurize -- --topic_in ticks.raw --topic_out ticks.features --until-end',
  look: submission => checkTopic(submission, submission.config.topics.features.name, 1),
}

const bronze: Item = {
  name: 'Raw data mirrored to data/raw',
  mend: ticks.mend,
  look({ run, raw }) {
    if (raw.length === 0) return lacking(`${join(run, runPaths.raw)} holds no *.ndjson`)
    const bytes = raw.reduce((sum, path) => sum + statSync(path).size, 0)
    return found(`${raw.length} files, ${(bytes / 1e6).toFixed(1)} MB, the last ${basename(raw[raw.length - 1])}`)
  },
}

/** The rows that the live job gave, taken from the topic, beside those that the raw data gives now. */
export const replayIsLive: Item = {
  name: 'Replay gives the live rows, bit for bit',
  mend: rows.mend,
  async look({ raw, config, topics }) {
    if (raw.length === 0) return lacking('no raw data to replay')
    const live = await liveRows(topics, config.topics.features.name)
    if (live.rows === 0) return lacking('no live rows to compare with')
    const { digest, rows, simulated } = await replay({ raw, out: null, config })
    if (digest !== live.digest)
      return lacking(
        `replay: ${rows} rows, digest ${digest.slice(0, 16)}; live: ${live.rows}, ${live.digest.slice(0, 16)}`,
      )
    return found(`${rows} rows, both of digest ${digest.slice(0, 16)}…${simulated ? ' (simulated)' : ''}`)
  },
}

export const streaming: Item[] = [ticks, rows, bronze]

async function checkTopic({ topics, config }: Submission, topic: string, least: number): Promise<Evidence> {
  const { raw, late, news, features } = config.topics
  const check = checkFor(topic, { raw: raw.name, late: late.name, news: news.name, features: features.name })
  return await onTopics(topics, async streams => {
    let [count, invalid] = [0, 0]
    for await (const records of readAll(streams, topic)) {
      count += records.length
      invalid += records.filter(record => typeof check(record) === 'string').length
    }
    const what = `${count} records on ${topic} (${redact(topics)}), ${invalid === 0 ? 'all valid' : `${invalid} invalid`}`
    return invalid === 0 && count >= least ? found(what) : lacking(`${what}; at least ${least} valid ones are wanted`)
  })
}

function liveRows(topics: string, topic: string): Promise<{ rows: number; digest: string }> {
  return onTopics(topics, async streams => {
    const collector = new RowCollector()
    for await (const records of readAll(streams, topic))
      for (const { value } of records) {
        const row = decodeRowRecord(value)
        if (row !== null) collector.add(row.product, row.time, row.values)
      }
    const table = collector.takeTable()
    return { rows: table.rows, digest: digestOf(table) }
  })
}

async function onTopics<Result>(topics: string, look: (streams: Streams) => Promise<Result>): Promise<Result> {
  const streams = await openStreams(topics, 'there')
  try {
    return await look(streams)
  } finally {
    await streams.close()
  }
}
