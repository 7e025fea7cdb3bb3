import { SpikeError } from '../../errors.ts'
import { readTable } from '../../stores/parquet.ts'
import { errorToBytes, tableToBytes } from './table_bytes.ts'

// The other end of read_features.ts: reads the Parquet file that its argument names and writes it to stdout.
async function answer(path: string): Promise<Buffer> {
  try {
    const { table, metadata } = await readTable(path)
    return tableToBytes(table, metadata)
  } catch (error) {
    if (error instanceof SpikeError) return errorToBytes(error)
    throw error
  }
}

process.stdout.write(await answer(process.argv[2]))
