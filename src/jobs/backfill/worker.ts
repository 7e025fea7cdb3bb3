/**
 * Takes chunks, one JSON text a line of standard input, writes their rows below a folder, and answers each with a line: its end
 * record. Ends with 1 on anything odd. Whoever gives out the chunks, another process here or a cluster, checks the end records.
 */
import { createInterface } from 'node:readline'
import { readConfig } from '../../config.ts'
import type { EndRecord } from './end_record.ts'
import type { Chunk } from './plan.ts'
import { writeChunk } from './write_chunk.ts'

const [archive, out, configPath] = process.argv.slice(2)
const config = readConfig(configPath || undefined)
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const end: EndRecord = await writeChunk(archive, JSON.parse(line) as Chunk, out, config)
    process.stdout.write(`${JSON.stringify(end)}\n`)
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
