import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { makeFolder } from '../../files/place.ts'
import {
  type ColumnType,
  isByDay,
  refusedTable,
  rowTables,
  type Table,
  tablesVersion,
  windowsTable,
} from '../tables.ts'
import { readTableLog } from './checkpoint.ts'
import { type Action, logOf, type Snapshot } from './log.ts'

/** A table of the store, and what is known of its log. */
export interface DeltaTable {
  table: Table
  folder: string
  snapshot: Snapshot
}

/** The log of this one says where the store stands: it is written last. */
export const anchor = windowsTable
const tables = [...rowTables.filter(table => table !== anchor), refusedTable, anchor]

/** Delta's own decimals end at 38 digits: ours are text. */
const types: Record<ColumnType, string> = {
  ...{ text: 'string', moment: 'timestamp', whole: 'long', real: 'double' },
  ...{ decimal: 'string', flag: 'boolean', bytes: 'binary' },
}

const versionKey = 'spike60.version'

/** The tables of the store in a folder, the one that says where it stands last. @throws SpikeError STORE_REFUSED. */
export async function openTables(place: string): Promise<DeltaTable[]> {
  const opened: DeltaTable[] = []
  for (const table of tables) {
    const folder = join(place, table.name)
    makeFolder(folder)
    makeFolder(logOf(folder))
    const snapshot = await readTableLog(folder)
    if (snapshot.version >= 0) checkTable(folder, snapshot)
    opened.push({ table, folder, snapshot })
  }
  return opened
}

function checkTable(folder: string, { metaData, protocol }: Snapshot): void {
  const version = metaData?.configuration[versionKey]
  if (version === undefined)
    throw new SpikeError('STORE_REFUSED', `${folder}: a Delta table of something else; name another folder`)
  if (!(Number(version) <= tablesVersion))
    throw new SpikeError(
      'STORE_REFUSED',
      `${folder}: its tables have version ${version}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another folder`,
    )
  if (protocol === undefined || protocol.minReaderVersion > 1 || protocol.minWriterVersion > 2)
    throw new SpikeError(
      'STORE_REFUSED',
      `${folder}: another program has turned on features of Delta that this spike60 does not write; undo that, or name another folder`,
    )
}

/** What makes a table, or changes its properties by `told`. */
export function describeTable({ table, snapshot }: DeltaTable, told: Record<string, string>): Action[] {
  const { metaData } = snapshot
  if (metaData !== undefined)
    return [
      {
        metaData: {
          ...metaData,
          configuration: { ...metaData.configuration, [versionKey]: `${tablesVersion}`, ...told },
        },
      },
    ]
  const fields = Object.entries(table.columns).map(([name, type]) => {
    return { name, type: types[type], nullable: true, metadata: {} }
  })
  const day = isByDay(table) ? [{ name: 'dt', type: 'date', nullable: true, metadata: {} }] : []
  const made = {
    ...{ id: randomUUID(), format: { provider: 'parquet', options: {} }, createdTime: Date.now() },
    schemaString: JSON.stringify({ type: 'struct', fields: [...fields, ...day] }),
    partitionColumns: day.map(({ name }) => name),
    configuration: { [versionKey]: `${tablesVersion}`, ...told },
  }
  return [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData: made }]
}
