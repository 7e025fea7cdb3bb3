import { resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import { checkStore } from './open.ts'
import type { Row, Table } from './tables.ts'

/**
 * The rows of a store's table in the order of its key, all of one moment, in parts of so many; moments in seconds.
 * @throws SpikeError BAD_ARGUMENT for a store of another kind; BAD_FILE, STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function* readTable(spec: string, table: Table, most = 20_000): AsyncGenerator<Row[]> {
  checkStore(spec)
  const [scheme] = spec.split(':')
  if (scheme === 'sqlite' || scheme === 'hot') {
    const { readRows } = await import('./sqlite/read.ts')
    yield* readRows(resolve(spec.slice(`${scheme}:`.length)), table, most)
  } else if (scheme === 'mysql') {
    const { readRows } = await import('./mysql/read.ts')
    yield* readRows(spec, table, most)
  } else if (/^(postgres(ql)?|redshift)$/.test(scheme)) {
    const { readRows } = await import('./postgres/read.ts')
    yield* readRows(spec, table, most)
  } else
    throw new SpikeError(
      'BAD_ARGUMENT',
      `--export reads sqlite, postgres, redshift and mysql, not ${scheme}; its rows are Parquet already or are asked by key, see docs/stores.md`,
    )
}
