import { metadataKeys } from '../../core/features/metadata.ts'
import { decodeRowRecord } from '../../core/features/row_bytes.ts'
import { RowCollector } from '../../core/features/rows.ts'
import { specVersion } from '../../core/features/spec.ts'
import { SpikeError } from '../../errors.ts'
import type { Streams } from '../../streams/port.ts'
import { readAll } from '../../streams/read_all.ts'
import type { Side } from './side.ts'

/**
 * The rows of the last `seconds` on a topic of features, looked for from its ends backwards; a few older ones may come along.
 * Records that are not rows of this spec are left out and counted.
 * @throws SpikeError TOPIC_UNKNOWN, BROKER_UNAVAILABLE; BAD_TABLE when there is no row.
 */
export async function readSideOfTopic(
  streams: Streams,
  topic: string,
  seconds: number,
): Promise<{ side: Side; skipped: number }> {
  const ends = await streams.ends(topic)
  for (let step = 2 * seconds; ; step *= 4) {
    const start = ends.map(end => ({ ...end, offset: Math.max(0, end.offset - step) }))
    const rows = new RowCollector()
    const oldest = new Map<number, number>()
    let [skipped, newest] = [0, Number.NEGATIVE_INFINITY]
    for await (const records of readAll(streams, topic, start))
      for (const { partition, value } of records) {
        const row = decodeRowRecord(value)
        if (row === null) {
          skipped++
          continue
        }
        rows.add(row.product, row.time, row.values)
        oldest.set(partition, Math.min(oldest.get(partition) ?? row.time, row.time))
        newest = Math.max(newest, row.time)
      }
    const enough = start.every(
      ({ partition, offset }) => offset === 0 || (oldest.get(partition) ?? newest) <= newest - seconds * 1e6,
    )
    if (!enough) continue
    if (rows.rows === 0)
      throw new SpikeError('BAD_TABLE', `topic ${topic}: holds no rows of features; run features/featurizer.ts first`)
    return { side: toSide(rows, topic), skipped }
  }
}

function toSide(rows: RowCollector, topic: string): Side {
  const { product, time, columns, ...table } = rows.takeTable()
  return {
    name: `topic ${topic}`,
    rows: table.rows,
    product,
    time,
    timed: true,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, { kind: 'double' as const, values }]),
    ),
    others: {},
    metadata: { [metadataKeys.specVersion]: specVersion },
  }
}
