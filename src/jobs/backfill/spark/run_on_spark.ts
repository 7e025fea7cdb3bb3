import { spawn, spawnSync } from 'node:child_process'
import { extname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SpikeError } from '../../../errors.ts'
import { ensurePythonEnv } from '../../../operations/python_env.ts'
import { checkEnd, type EndRecord } from '../end_record.ts'
import type { Chunk } from '../plan.ts'
import type { RunChunksOptions } from '../processes.ts'

/**
 * Gives chunks out to the workers of a Spark cluster, as `runChunks` does to processes here. Archive, output and program must have
 * the same paths on all its machines. A worker that is killed or ends early is followed by another one, three times.
 * @param master a cluster's address as Spark writes it, such as `spark://host:7077`, or `local[2,4]`: two slots, four attempts.
 * @returns one end record a chunk, in the order of the chunks.
 * @throws SpikeError TOOL_MISSING without Java or Spark; CHECK_FAILED where a chunk has no end record, or as `checkEnd`.
 */
export async function runOnSpark(
  chunks: Chunk[],
  master: string,
  { archive, out, configPath, config, onChunk }: Omit<RunChunksOptions, 'workers'>,
): Promise<EndRecord[]> {
  if (spawnSync('java', ['-version']).status !== 0)
    throw new SpikeError('TOOL_MISSING', 'Spark needs Java 17 on the path; install it, or leave --spark out')
  const { python } = await ensurePythonEnv('spark')
  const worker = beside(`../worker${extname(import.meta.url)}`)
  const paths = [process.execPath, worker, resolve(archive), resolve(out), configPath ? resolve(configPath) : '']
  const command = paths.map(quoted).join(' ')
  const driver = spawn(python, [beside('./give_out.py'), master, command], { stdio: ['pipe', 'pipe', 'pipe'] })
  // A driver that is gone is told by its exit.
  driver.stdin.on('error', () => {})
  driver.stdin.end(chunks.map(chunk => `${JSON.stringify(chunk)}\n`).join(''))
  let errors = ''
  driver.stderr.on('data', data => {
    errors = `${errors}${data}`.slice(-4000)
  })
  const ended = new Promise<void>(done => driver.once('close', () => done()))
  const places = new Map(chunks.map((chunk, at) => [placeOf(chunk), at]))
  const ends = new Array<EndRecord | null>(chunks.length).fill(null)
  let done = 0
  try {
    for await (const line of createInterface({ input: driver.stdout })) {
      const at = places.get(placeOf(JSON.parse(line)))!
      const end = checkEnd(line, chunks[at], config)
      ends[at] = end
      onChunk?.(++done, end)
    }
    await ended
  } finally {
    driver.kill('SIGKILL')
  }
  if (done === chunks.length) return ends as EndRecord[]
  const { product, from } = chunks[ends.indexOf(null)]
  const why = errors.trim().split('\n').at(-1)
  throw new SpikeError('CHECK_FAILED', `chunk ${product} from ${new Date(from / 1000).toISOString()}, on Spark: ${why}`)
}

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
const placeOf = ({ product, from }: Pick<Chunk, 'product' | 'from'>): string => `${from} ${product}`
