import type { RowDataPacket } from 'mysql2/promise'
import { rowFrom } from '../row_from.ts'
import type { Row, Table } from '../tables.ts'
import { faultOf } from './faults.ts'
import { connectMysql } from './open.ts'

/** See `readTable`. */
export async function* readRows(address: string, table: Table, most: number): AsyncGenerator<Row[]> {
  const { connection, place, close } = await connectMysql(address)
  const keys = table.key.map(column => `\`${column}\``)
  try {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    await connection.query('START TRANSACTION READ ONLY')
    let after: unknown[] = []
    for (;;) {
      const from = after.length === 0 ? '' : `WHERE (${keys.join(', ')}) > (${keys.map(() => '?').join(', ')})`
      const [found] = await connection.query<RowDataPacket[]>(
        `SELECT * FROM ${table.name} ${from} ORDER BY ${keys.join(', ')} LIMIT ${most}`,
        after,
      )
      if (found.length === 0) return
      after = table.key.map(column => found.at(-1)![column])
      yield found.map(row => rowFrom(table, row))
    }
  } catch (error) {
    throw faultOf(error, place)
  } finally {
    await close()
  }
}
