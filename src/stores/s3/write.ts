import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch } from '../claim_topic.ts'
import { quoted, withDuckDB } from '../duckdb.ts'
import type { Written } from '../port.ts'
import { stageRows } from '../stage_rows.ts'
import { isByDay, type Row, refusedTable, type Table } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'
import type { Bucket } from './client.ts'
import { positionsOf, putCommit, readNewest } from './schema.ts'

/** Objects that are under way at once: a thousand products one after the other would take half a minute. */
const atOnce = 16

/**
 * Puts what a batch holds beyond the position as Parquet, an object a table, day and product, and then the commit that names them.
 * Objects are named by their offsets: what a writer that was killed has put is found there, or lies beside it with rows of the same
 * keys and revisions. @throws SpikeError WRITER_FENCED.
 */
export async function writeBatch(
  bucket: Bucket,
  { topic, epoch }: { topic: string; epoch: number },
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  const newest = await readNewest(bucket, topic)
  checkEpoch(newest.told, topic, epoch)
  const positions = positionsOf(newest, topic)
  const taken = takeBatch(batch, upTo, positions)
  if (taken.upTo.length === 0) return { changed: 0, refused: 0 }
  const name = nameOf(topic, positions, taken.upTo)
  let objects: string[] = []
  let changed = 0
  for (const [table, rows] of [...taken.rows, [refusedTable, refusedRows(taken.refused)] as const]) {
    if (rows.length === 0) continue
    objects = objects.concat(await putRows(bucket, table, rows, name))
    if (table !== refusedTable) changed += rows.length
  }
  const moved = new Map([...positions, ...taken.upTo].map(({ partition, offset }) => [partition, offset]))
  const told = { ...newest.told!, positions: [...moved].sort(([a], [b]) => a - b), objects }
  if (!(await putCommit(bucket, topic, newest.number + 1, told)))
    checkEpoch((await readNewest(bucket, topic)).told, topic, Number.NaN)
  return { changed, refused: taken.refused.length }
}

/** Such as `market.windows-0.100-220_1.0-90`, a digest of it where that would be long. */
function nameOf(topic: string, from: Position[], upTo: Position[]): string {
  const before = new Map(from.map(({ partition, offset }) => [partition, offset]))
  const spans = upTo.map(({ partition, offset }) => `${partition}.${before.get(partition) ?? 0}-${offset}`)
  const told = spans.join('_')
  return `${topic}-${told.length <= 100 ? told : createHash('sha256').update(told).digest('hex')}`
}

async function putRows(bucket: Bucket, table: Table, rows: Row[], name: string): Promise<string[]> {
  const told = isByDay(table) ? { ...table, columns: { ...table.columns, record_offset: 'whole' as const } } : table
  const folder = mkdtempSync(join(tmpdir(), 'spike60-s3-'))
  try {
    await withDuckDB(async connection => {
      await stageRows(connection, told, rows)
      const format = 'FORMAT parquet, COMPRESSION zstd'
      if (isByDay(table))
        await connection.run(
          `COPY (SELECT *, product AS symbol FROM arrived ORDER BY product, window_start) TO ${quoted(folder)} (${format}, PARTITION_BY (dt, symbol), OVERWRITE_OR_IGNORE)`,
        )
      else
        await connection.run(
          `COPY (SELECT * EXCLUDE dt FROM arrived) TO ${quoted(join(folder, 'part.parquet'))} (${format})`,
        )
    })
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    const files = found.filter(file => file.endsWith('.parquet'))
    const keyOf = (file: string): string => `${table.name}/${file.replace(/[^/]*$/, '')}${name}.parquet`
    const left = files.values()
    const worker = async (): Promise<void> => {
      for (const file of left) await bucket.putIfAbsent(keyOf(file), readFileSync(join(folder, file)))
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    return files.map(keyOf)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
