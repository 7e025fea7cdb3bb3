import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { DuckDBConnection } from '@duckdb/node-api'
import pg from 'pg'
import { letPostgresStandIn } from './redshift_on_postgres.ts'
import { after, batchesFrom, storedRecords, storedTopic } from './stored_records.ts'

/**
 * argv: store, seed, records, step. Writes the records on from the store's position, and kills itself at that step: before an even
 * one, in the middle of an odd one. At none it writes all that is left in few batches.
 */
const [spec, seed, count, step] = process.argv.slice(2)
let steps = 0

function killAtStep(prototype: object, method: string): void {
  const original: (...args: unknown[]) => unknown = Reflect.get(prototype, method)
  Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]) {
    const isLast = ++steps === Number(step)
    if (isLast && steps % 2 === 0) process.kill(process.pid, 'SIGKILL')
    const result = Reflect.apply(original, this, args)
    // The statement has been sent, or the file is there; whether it is done nobody will hear.
    if (isLast) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
    return result
  })
}
for (const method of ['run', 'get', 'all']) killAtStep(StatementSync.prototype, method)
killAtStep(DatabaseSync.prototype, 'exec')
if (spec.startsWith('redshift:')) letPostgresStandIn()
killAtStep(pg.Client.prototype, 'query')
if (spec.startsWith('delta:')) {
  for (const method of ['linkSync', 'writeSync', 'mkdirSync', 'fsyncSync']) killAtStep(fs, method)
  syncBuiltinESMExports()
  for (const method of ['run', 'createAppender']) killAtStep(DuckDBConnection.prototype, method)
}

if (spec.startsWith('dynamodb:')) killAtStep(globalThis, 'fetch')
if (spec.startsWith('s3:')) {
  killAtStep(globalThis, 'fetch')
  killAtStep(DuckDBConnection.prototype, 'run')
}

if (spec.startsWith('mysql:')) killAtStep(Socket.prototype, 'write')

const { openStore } = await import('../../src/stores/open.ts')
const store = await openStore(spec, storedTopic, { holder: `${process.pid}`, held: false })
const size = step === '0' ? 200 : 15
for (const batch of batchesFrom(storedRecords(Number(seed), Number(count)), await store.position(), size)) {
  await store.write(batch, after(batch))
  await new Promise(resolve => setImmediate(resolve))
}
await store.close()
