import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, SpikeError } from '../../errors.ts'
import type { Claim, Incoming, Position, Reader, Streams, Writer } from '../port.ts'

export interface Question {
  id: number
  /** 0 is the log itself. */
  object: number
  method: string
  args: unknown[]
}

export interface Answer {
  id: number
  value?: unknown
  /** Number of the reader or writer that was opened, and what is known of it. */
  opened?: number
  claim?: Claim
  positions?: Position[]
  code?: ErrorCode
  faults?: string[]
}

/**
 * `openEmbedded` in a thread of its own: for whoever must not wait for the disk either, as an ingestor that reads a socket. The
 * same on the port; records are copied from thread to thread.
 */
export async function openBeside(path: string): Promise<Streams> {
  const thread = new Thread(path)
  await thread.opened
  const streams: Streams = {
    createTopics: async topics => void (await thread.ask(0, 'createTopics', topics)),
    topics: async names => (await thread.ask(0, 'topics', names)).value as Awaited<ReturnType<Streams['topics']>>,
    writer: async (id, claim) => writerOf(thread, await thread.ask(0, 'writer', id, claim)),
    reader: async (topic, start, partitions) =>
      readerOf(thread, await thread.ask(0, 'reader', topic, start, partitions)),
    committed: async (group, topic, partitions) =>
      (await thread.ask(0, 'committed', group, topic, partitions)).value as Position[],
    ends: async topic => (await thread.ask(0, 'ends', topic)).value as Position[],
    async newest(topic, keys) {
      const found = (await thread.ask(0, 'newest', topic, keys)).value as Map<string, Uint8Array>
      return new Map([...found].map(([key, value]) => [key, bufferOf(value)]))
    },
    close: () => thread.close(),
  }
  return streams
}

function writerOf(thread: Thread, { opened, claim }: Answer): Writer {
  return {
    prepare() {},
    commit: async transaction => (await thread.ask(opened!, 'commit', transaction)).value as Position[],
    claim: () => claim!,
    close: async () => void (await thread.ask(opened!, 'close')),
  }
}

function readerOf(thread: Thread, { opened, positions = [] }: Answer): Reader {
  let at = positions
  return {
    async poll(max, waitMs) {
      const { value, positions } = await thread.ask(opened!, 'poll', max, waitMs)
      at = positions!
      return (value as Incoming[]).map(record => ({ ...record, value: bufferOf(record.value) }))
    },
    positions: () => at.map(position => ({ ...position })),
    close: async () => void (await thread.ask(opened!, 'close')),
  }
}

/** A buffer comes out of another thread as plain bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** It keeps its process only while something is asked. */
class Thread {
  readonly opened: Promise<Answer>
  private readonly worker: Worker
  private readonly asked = new Map<number, PromiseWithResolvers<Answer>>()
  private last = 0
  /** Why nothing is answered any more. */
  private end: Error | null = null

  constructor(path: string) {
    this.worker = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), { workerData: path })
    this.worker.on('message', (answer: Answer) => this.take(answer))
    this.worker.on('error', error => this.fail(error))
    this.worker.on('exit', () => this.fail(new Error('the thread of the topic log has ended')))
    this.opened = this.expect(0)
    this.opened.catch(() => this.worker.terminate())
  }

  ask(object: number, method: string, ...args: unknown[]): Promise<Answer> {
    const id = ++this.last
    const answer = this.expect(id)
    if (this.end === null) this.worker.postMessage({ id, object, method, args } satisfies Question)
    else this.fail(this.end)
    return answer
  }

  async close(): Promise<void> {
    if (this.end === null) await this.ask(0, 'close')
    await this.worker.terminate()
  }

  private expect(id: number): Promise<Answer> {
    const expected = Promise.withResolvers<Answer>()
    this.asked.set(id, expected)
    this.worker.ref()
    return expected.promise
  }

  private take(answer: Answer): void {
    const expected = this.asked.get(answer.id)
    this.asked.delete(answer.id)
    if (this.asked.size === 0) this.worker.unref()
    const { code, faults } = answer
    if (faults === undefined) expected?.resolve(answer)
    else expected?.reject(code === undefined ? new Error(faults.join('\n')) : new SpikeError(code, faults))
  }

  private fail(error: Error): void {
    this.end ??= error
    for (const { reject } of this.asked.values()) reject(this.end)
    this.asked.clear()
  }
}
