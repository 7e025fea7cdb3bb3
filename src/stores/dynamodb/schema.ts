import { setTimeout as delay } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { SpikeError } from '../../errors.ts'
import {
  type ColumnType,
  lifetimeOf,
  type Row,
  refusedTable,
  rowTables,
  type Table,
  tablesVersion,
  tradesTable,
} from '../tables.ts'
import type { Ask, Attribute, Item } from './client.ts'

/** Trades of a busy product would be one hot partition. */
const shards = 8

export const storeTable = 'store'
/** An item has 400 KB: of a longer record that is no row the beginning is kept. */
const mostBytes = 300_000
const [readyMs, pollMs] = [60_000, 200]

/** Makes the tables that are not there; the version last. @throws SpikeError STORE_REFUSED where they are of a newer version. */
export async function prepareTables(ask: Ask, prefix: string, place: string): Promise<void> {
  const names = [...rowTables.map(({ name }) => name), refusedTable.name, storeTable].map(name => `${prefix}${name}`)
  for (const TableName of names) await makeTable(ask, TableName, place)
  const key = { pk: { S: 'version' }, sk: { S: '-' } }
  const TableName = `${prefix}${storeTable}`
  const found = (await ask('GetItem', { TableName, Key: key, ConsistentRead: true }))?.Item as Item | undefined
  const version = found === undefined ? 0 : Number(Reflect.get(found.version, 'N'))
  if (version > tablesVersion)
    throw new SpikeError(
      'STORE_REFUSED',
      `${place}: its tables have version ${version}, this spike60 knows ${tablesVersion}; use the spike60 that made them, or another prefix`,
    )
  if (version < tablesVersion) await ask('PutItem', { TableName, Item: { ...key, version: { N: `${tablesVersion}` } } })
}

async function makeTable(ask: Ask, TableName: string, place: string): Promise<void> {
  if ((await ask('DescribeTable', { TableName })) !== null) return
  await ask('CreateTable', {
    ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
    KeySchema: ['pk', 'sk'].map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    AttributeDefinitions: ['pk', 'sk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
  })
  for (let waited = 0; ; waited += pollMs) {
    const told = (await ask('DescribeTable', { TableName }))?.Table as { TableStatus?: string } | undefined
    if (told?.TableStatus === 'ACTIVE') break
    if (waited > readyMs) throw new SpikeError('STORE_UNAVAILABLE', `${place}: table ${TableName} is not ready yet`)
    await delay(pollMs)
  }
  const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true }
  await ask('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
}

/** An item of a row: `pk` is the product, of trades one of its eight shards; `sk` what else is the key, times first. */
export function itemOf(table: Table, row: Row): Item {
  const rest = table.key
    .filter(column => column !== 'product')
    .map(column => sortable(row[column], table.columns[column]))
  const sk = rest.join('#')
  const shard = table === tradesTable ? `#${crc32(`${row.product}#${row.time_us}#${row.trade_id}`) % shards}` : ''
  const pk = 'product' in table.columns ? `${row.product}${shard}` : String(row.topic)
  const item: Item = { pk: { S: pk }, sk: { S: sk } }
  for (const [column, type] of Object.entries(table.columns)) item[column] = attributeOf(row[column], type)
  if ('window_end' in table.columns) item.ttl = { N: `${Number(row.window_end) + lifetimeOf(table)}` }
  return item
}

/** Sixteen digits, so that texts have the order of numbers. */
function sortable(value: Row[string], type: ColumnType): string {
  return type === 'moment' || type === 'whole' ? String(value).padStart(16, '0') : String(value)
}

/** Numbers of the service end at 1e126 and begin at 1e-130: others stay text, as do exact decimals. */
function attributeOf(value: Row[string], type: ColumnType): Attribute {
  if (value === null || value === undefined) return { NULL: true }
  if (value instanceof Uint8Array) return { B: Buffer.from(value.subarray(0, mostBytes)).toString('base64') }
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'string') return { S: value }
  const size = Math.abs(value)
  return type === 'real' && value !== 0 && (size < 1e-130 || size > 9e125) ? { S: `${value}` } : { N: `${value}` }
}
