import { type Config, configHash } from '../../config.ts'
import { futureVolatility } from '../../core/features/label.ts'
import { metadataKeys } from '../../core/features/metadata.ts'
import { decodeRowRecord } from '../../core/features/row_bytes.ts'
import { RowCollector } from '../../core/features/rows.ts'
import { specVersion } from '../../core/features/spec.ts'
import type { FeatureTable } from '../../core/features/table.ts'
import { digestOf } from '../../stores/digest.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { writeTable } from '../../stores/parquet.ts'
import { spansOf } from '../../stores/spans.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import { leakTestOf, refuseLess } from './former_file.ts'

export interface SinkOptions {
  streams: Streams
  config: Config
  /** Topic of rows. */
  topic: string
  out: string
  /** A former file with rows that the topic does not hold is not replaced. */
  keepMore?: boolean
  metadata?: Metadata
  /** Once aborted: reading ends, nothing is written. */
  giveUp?: AbortSignal
}

/**
 * Makes a feature file of all rows that a topic holds now. The file is replaced whole.
 * @throws SpikeError as `refuseLess`, with `keepMore`.
 */
export async function sinkRows({ streams, config, topic, out, keepMore, metadata, giveUp }: SinkOptions): Promise<{
  rows: number
  digest: string
  /** Records that are not rows of this spec. */
  skipped: number
}> {
  const collector = new RowCollector()
  let skipped = 0
  for await (const records of readAll(streams, topic)) {
    giveUp?.throwIfAborted()
    for (const record of records) {
      const row = decodeRowRecord(record.value)
      if (row === null) skipped++
      else collector.add(row.product, row.time, row.values)
    }
  }
  const table = collector.takeTable()
  if (keepMore) await refuseLess(out, topic, spansOf(table))
  const leakTest = await leakTestOf(out, digestOf(table), configHash(config))
  const digest = await writeFeatures(out, table, config, { ...leakTest, ...metadata })
  return { rows: table.rows, digest, skipped }
}

/**
 * Adds sigma_future to rows, writes them with spec version, config hash and digest in the metadata, and gives the digest.
 * @param out nothing is written where null.
 */
export async function writeFeatures(
  out: string | null,
  table: FeatureTable,
  config: Config,
  metadata: Metadata = {},
): Promise<string> {
  const digest = digestOf(table)
  table.sigma_future = futureVolatility(table)
  if (out === null) return digest
  await writeTable(out, table, {
    [metadataKeys.specVersion]: specVersion,
    [metadataKeys.configHash]: configHash(config),
    [metadataKeys.digest]: digest,
    ...metadata,
  })
  return digest
}
