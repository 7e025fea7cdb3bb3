import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import type { Incoming, Position } from '../../streams/port.ts'
import { checkEpoch, type WriterRow } from '../claim_topic.ts'
import type { Written } from '../port.ts'
import { type Row, refusedTable, type Table } from '../tables.ts'
import { refusedRows, takeBatch } from '../take_batch.ts'

/** Rows of a statement: a packet has 16 MB at most where nobody set it. */
const rowsAtOnce = 1000

export async function inTransaction<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  await connection.query('START TRANSACTION')
  try {
    const result = await work()
    await connection.query('COMMIT')
    return result
  } catch (error) {
    // On a connection that has ended the server does it.
    await connection.query('ROLLBACK').catch(() => {})
    throw error
  }
}

export async function writerOf(connection: Connection, topic: string): Promise<WriterRow | undefined> {
  const select = 'SELECT topic_id, holder, epoch FROM store_writers WHERE topic = ? FOR UPDATE'
  const [[found]] = await connection.query<RowDataPacket[]>(select, [topic])
  return found as WriterRow | undefined
}

export async function positionsOf(connection: Connection, topic: string): Promise<Position[]> {
  const select = 'SELECT `partition` AS p, next_offset AS o FROM store_positions WHERE topic = ? ORDER BY `partition`'
  const [rows] = await connection.query<RowDataPacket[]>(select, [topic])
  return rows.map(({ p, o }) => ({ topic, partition: Number(p), offset: Number(o) }))
}

/** Writes what a batch holds beyond the position, rows and position in one transaction. @throws SpikeError WRITER_FENCED. */
export function writeBatch(
  connection: Connection,
  { topic, epoch }: { topic: string; epoch: number },
  batch: Incoming[],
  upTo: Position[],
): Promise<Written> {
  return inTransaction(connection, async () => {
    // The lock lasts until the commit: a newer writer waits for it, or has been here before.
    checkEpoch(await writerOf(connection, topic), topic, epoch)
    const taken = takeBatch(batch, upTo, await positionsOf(connection, topic))
    let changed = 0
    for (const [table, rows] of taken.rows) changed += await upsert(connection, table, rows)
    await upsert(connection, refusedTable, refusedRows(taken.refused))
    for (const { partition, offset } of taken.upTo)
      await connection.query(
        'INSERT INTO store_positions VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE next_offset = VALUES(next_offset)',
        [topic, partition, offset],
      )
    return { changed, refused: taken.refused.length }
  })
}

/** @returns how many are new or replaced one: what the server counts as affected does not tell. */
async function upsert(connection: Connection, table: Table, rows: Row[]): Promise<number> {
  const typed = Object.entries(table.columns)
  const columns = typed.map(([column]) => `\`${column}\``)
  // From left to right: the revision decides, so it is set last.
  const others = typed.map(([column]) => column).filter(one => !table.key.includes(one) && one !== 'revision')
  const isHigher = 'revision' in table.columns ? 'VALUES(revision) > revision' : 'false'
  const sets = [...others, ...('revision' in table.columns ? ['revision'] : [])].map(
    column => `\`${column}\` = IF(${isHigher}, VALUES(\`${column}\`), \`${column}\`)`,
  )
  let changed = 0
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const values = rows
      .slice(from, from + rowsAtOnce)
      .map(row => typed.map(([column, type]) => cell(row[column], type)))
    const [{ affectedRows, info }] = await connection.query<ResultSetHeader>(
      `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES ? ON DUPLICATE KEY UPDATE ${sets.join(', ')}`,
      [values],
    )
    // An insert counts one, a replacement two, as duplicates do in the text beside it.
    changed += affectedRows - Number(/Duplicates: (\d+)/.exec(info)?.[1] ?? Math.max(0, affectedRows - 1))
  }
  return changed
}

function cell(value: Row[string], type: string): unknown {
  if (type === 'moment') return new Date(1000 * Number(value)).toISOString().slice(0, 19).replace('T', ' ')
  return value instanceof Uint8Array ? Buffer.from(value) : value
}
