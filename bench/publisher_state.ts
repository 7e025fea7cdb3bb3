import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { frameLine } from '../src/market/bronze/line.ts'
import { createPublisher } from '../src/market/publisher.ts'
import type { Streams } from '../src/streams/port.ts'
import { ticker } from '../test/fixtures/wire.ts'
import { createMemoryStreams } from '../test/harness/memory_streams.ts'
import type { BenchResult } from './measure.ts'

const files = [10, 10_000] as const
const connection = 'coinbase-20260105T000000000Z-000001'

/**
 * How much state the publisher writes with a transaction once it has published so many files of bronze. `ratio`: bytes after ten
 * by bytes after ten thousand; one hour each, of one connection. It is
 * near 1 while the state is bounded, and near 0.001 when it names them all.
 */
export async function benchPublisherState(): Promise<BenchResult> {
  const [few, many] = [await stateBytes(files[0]), await stateBytes(files[1])]
  const ratio = Math.round((1000 * few) / many) / 1000
  return { name: 'publisher_state', ratio, ratios: {}, bytes_after_10_files: few, bytes_after_10000_files: many }
}

/** Of the state in the transaction of one more line. */
async function stateBytes(count: number): Promise<number> {
  const config = readConfig()
  const directory = mkdtempSync(join(tmpdir(), 'spike60-bench-'))
  const write = (i: number): void => {
    const line = frameLine('coinbase', connection, 1_767_571_200_000_000 + 1e6 * i, ticker(i, i))
    const hour = String(i).padStart(6, '0')
    writeFileSync(join(directory, `coinbase-20260105T${hour}Z-${connection}.ndjson`), `${line}\n`)
  }
  let bytes = 0
  try {
    const memory = createMemoryStreams()
    const streams: Streams = {
      ...memory,
      async writer(id, claim) {
        const writer = await memory.writer(id, claim)
        return {
          ...writer,
          commit(transaction) {
            bytes = Buffer.byteLength(
              transaction.records.find(({ topic }) => topic === config.topics.state.name)!.value,
            )
            return writer.commit(transaction)
          },
        }
      },
    }
    const publisher = createPublisher({ streams, config, bronze: { directory } })
    for (let i = 0; i < count; i++) write(i)
    await publisher.publishAvailable()
    write(count)
    await publisher.publishAvailable()
    await publisher.close()
    return bytes
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
