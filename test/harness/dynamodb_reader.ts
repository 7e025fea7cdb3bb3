import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { refusedTable, rowTables, type Table } from '../../src/stores/tables.ts'
import type { Aws } from './aws.ts'

type Item = Record<string, Record<string, unknown>>

export const prefixOf = (spec: string): string => spec.slice('dynamodb://'.length)

async function ask(server: Aws, action: string, body: object): Promise<{ Items?: Item[]; LastEvaluatedKey?: Item }> {
  const headers = {
    ...{ 'x-amz-target': `DynamoDB_20120810.${action}`, 'content-type': 'application/x-amz-json-1.0' },
    authorization:
      'AWS4-HMAC-SHA256 Credential=reader/20261201/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  }
  const answer = await fetch(server.address, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as { Items?: Item[] }
}

export async function putDynamodb(
  server: Aws,
  TableName: string,
  told: Record<string, string | number>,
): Promise<void> {
  const values = Object.entries(told).map(([name, value]) => [
    name,
    { [typeof value === 'number' ? 'N' : 'S']: `${value}` },
  ])
  await ask(server, 'PutItem', { TableName, Item: Object.fromEntries(values) })
}

/** All items of a table, without our client. */
export async function scanDynamodb(server: Aws, TableName: string): Promise<Item[]> {
  const items: Item[] = []
  for (let ExclusiveStartKey: Item | undefined; ; ) {
    const { Items = [], LastEvaluatedKey } = await ask(server, 'Scan', { TableName, ExclusiveStartKey })
    items.push(...Items)
    if (LastEvaluatedKey === undefined) return items
    ExclusiveStartKey = LastEvaluatedKey
  }
}

const types = {
  ...{ text: 'VARCHAR', moment: 'DOUBLE', whole: 'DOUBLE', real: 'DOUBLE' },
  ...{ decimal: 'VARCHAR', flag: 'BOOLEAN', bytes: 'VARCHAR' },
}

/** Asks DuckDB about the items of all tables, those of `latest#` left out. */
export async function askDynamodb(server: Aws, spec: string, sql: string): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-items-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const fill = async (name: string, columns: Record<string, string>, rows: object[]): Promise<void> => {
    const path = join(folder, `${name}.json`)
    writeFileSync(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''))
    const told = Object.entries(columns).map(([column, type]) => `"${column}": '${type}'`)
    await connection.run(
      `CREATE TABLE ${name} AS SELECT * FROM read_json('${path}', format = 'newline_delimited', columns = {${told.join(', ')}})`,
    )
  }
  try {
    for (const table of [...rowTables, refusedTable]) {
      if (!sql.includes(table.name)) continue
      const items = await scanDynamodb(server, `${prefixOf(spec)}${table.name}`)
      const rows = items.filter(({ newest }) => newest === undefined).map(item => rowOf(table, item))
      await fill(table.name, Object.fromEntries(Object.entries(table.columns).map(([c, t]) => [c, types[t]])), rows)
    }
    const writers = await scanDynamodb(server, `${prefixOf(spec)}store`)
    const positions = writers.flatMap(({ pk, told }) =>
      told === undefined
        ? []
        : JSON.parse(String(told.S)).positions.map(([partition, next_offset]: number[]) => {
            return { topic: String(pk.S).slice('writer#'.length), partition, next_offset }
          }),
    )
    await fill('store_positions', { topic: 'VARCHAR', partition: 'DOUBLE', next_offset: 'DOUBLE' }, positions)
    return (await connection.runAndReadAll(sql)).getRowObjectsJS()
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowOf({ columns }: Table, item: Item): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([column, type]) => {
      const { S, N, BOOL, B } = item[column]
      return [
        column,
        S !== undefined && type === 'real' ? Number(S) : (S ?? B ?? BOOL ?? (N === undefined ? null : Number(N))),
      ]
    }),
  )
}
