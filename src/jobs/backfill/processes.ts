import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { checkEnd, type EndRecord } from './end_record.ts'
import type { Chunk } from './plan.ts'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface RunChunksOptions {
  archive: string
  out: string
  /** Another config.yaml than the project's, which each worker reads. */
  configPath?: string
  config: Config
  workers: number
  onChunk?: (done: number, end: EndRecord) => void
}

/**
 * Gives chunks out to so many processes, one at a time each, and takes their end records. The first that fails ends all.
 * @returns one end record a chunk, in the order of the chunks.
 * @throws SpikeError CHECK_FAILED when a worker ends before its chunk does, whatever its exit code, or as `checkEnd`.
 */
export async function runChunks(chunks: Chunk[], options: RunChunksOptions): Promise<EndRecord[]> {
  const ends = new Array<EndRecord>(chunks.length)
  const children: Child[] = []
  const queue = chunks.keys()
  let done = 0
  const serve = async (): Promise<void> => {
    const child = startWorker(options)
    children.push(child)
    const said = listenTo(child)
    for (const at of queue) {
      child.stdin.write(`${JSON.stringify(chunks[at])}\n`)
      ends[at] = checkEnd(await said.next(chunks[at]), chunks[at], options.config)
      options.onChunk?.(++done, ends[at])
    }
    child.stdin.end()
    await said.ended
  }
  try {
    await Promise.all(Array.from({ length: Math.min(options.workers, chunks.length) }, serve))
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
  return ends
}

function startWorker({ archive, out, configPath }: RunChunksOptions): Child {
  const script = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))
  const child = spawn(process.execPath, [script, archive, out, configPath ?? ''], { stdio: ['pipe', 'pipe', 'pipe'] })
  // A worker that is gone is told by its exit.
  child.stdin.on('error', () => {})
  return child
}

function listenTo(child: Child): { next: (chunk: Chunk) => Promise<string>; ended: Promise<void> } {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let errors = ''
  child.stderr.on('data', data => {
    errors = `${errors}${data}`.slice(-2000)
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    ended,
    async next({ product, from }) {
      const { done, value } = await lines.next()
      if (!done) return value
      await ended
      const how = child.signalCode ?? `exit code ${child.exitCode}`
      throw new SpikeError(
        'CHECK_FAILED',
        `chunk ${product} from ${new Date(from / 1000).toISOString()}: its worker ended early (${how})${errors && `: ${errors.trim()}`}`,
      )
    },
  }
}
