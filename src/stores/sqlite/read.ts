import { DatabaseSync } from 'node:sqlite'
import { checkInputFile } from '../../files/input.ts'
import { rowFrom } from '../row_from.ts'
import type { Row, Table } from '../tables.ts'
import { guard } from './faults.ts'
import { refuseOtherStore } from './schema.ts'

/** See `readTable`. */
export function* readRows(path: string, table: Table, most: number): Generator<Row[]> {
  checkInputFile(path, 'a store that npm run store has filled')
  refuseOtherStore(path)
  const database = guard(path, () => new DatabaseSync(path, { readOnly: true }))
  try {
    const all = guard(path, () =>
      database.prepare(`SELECT * FROM ${table.name} ORDER BY ${table.key.join(', ')}`).iterate(),
    )
    let part: Row[] = []
    for (;;) {
      const { done, value } = guard(path, () => all.next())
      if (!done) part.push(rowFrom(table, value))
      if (done || part.length === most) {
        yield part
        part = []
      }
      if (done) return
    }
  } finally {
    database.close()
  }
}
