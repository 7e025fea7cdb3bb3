import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Micros } from '../../core/events/event.ts'
import { makeFolder } from '../../files/place.ts'
import { controlLine, frameLine, type LineMarks } from './line.ts'
import type { Control } from './record.ts'

export interface BronzeOptions {
  directory: string
  feed: string
  /** A new file is begun beyond so many bytes. */
  maxBytes?: number
  /** A new file is begun when the file's first line was received so many microseconds ago. */
  maxAge?: Micros
}

export interface BronzeWriter {
  /** Appends a message verbatim. @throws what the disk said, now or since the last call. */
  frame(connection: string, received_at: Micros, text: string, marks?: LineMarks): void
  control(connection: string, received_at: Micros, control: Control, marks?: LineMarks): void
  /** Gives everything so far to the file system; with `sync`, to the disk. */
  flush(sync?: boolean): void
  /** Flushes to the disk and closes the file. */
  close(): void
  /** Paths written so far, in order. */
  readonly files: readonly string[]
  /** Bytes taken so far. */
  readonly bytes: number
}

const bufferLimit = 1 << 16
const flushAfterMs = 50

/**
 * Writes bronze: `<directory>/<feed>-<time of first line>-<connection>.ndjson`, always new files, whole lines at a time.
 * At most 64 KiB wait in memory, for at most 50 ms; the first line of a file goes there at once, so that no
 * file stands empty.
 */
export function createBronzeWriter(options: BronzeOptions): BronzeWriter {
  const { directory, feed, maxBytes = 128 << 20, maxAge = 3_600_000_000 } = options
  const files: string[] = []
  let descriptor: number | null = null
  let opened: Micros = 0
  let inFile = 0
  let bytes = 0
  const waiting = Buffer.allocUnsafeSlow(bufferLimit)
  let waitingBytes = 0
  let timer: NodeJS.Timeout | null = null
  let failure: unknown = null
  let closed = false

  function append(connection: string, received_at: Micros, line: string): void {
    if (failure !== null) throw failure
    if (closed) throw new Error('bronze writer: closed')
    if (descriptor !== null && (inFile >= maxBytes || received_at - opened >= maxAge)) closeFile()
    const isFirst = descriptor === null
    if (isFirst) openFile(connection, received_at)
    const text = `${line}\n`
    const size = Buffer.byteLength(text)
    inFile += size
    bytes += size
    if (waitingBytes + size > bufferLimit) write()
    if (size > bufferLimit) writeOut(Buffer.from(text))
    else {
      waitingBytes += waiting.write(text, waitingBytes)
      if (isFirst) write()
      else timer ??= setTimeout(flushLater, flushAfterMs)
    }
  }

  function openFile(connection: string, received_at: Micros): void {
    makeFolder(directory)
    const time = new Date(received_at / 1000).toISOString().replace(/[-:]|\.\d+/g, '')
    const stem = `${feed}-${time}-${connection}`.replaceAll(/[^A-Za-z0-9._-]/g, '_')
    for (let attempt = 1; descriptor === null; attempt++) {
      const path = join(directory, attempt === 1 ? `${stem}.ndjson` : `${stem}.${attempt}.ndjson`)
      descriptor = openNew(path)
      if (descriptor !== null) files.push(path)
    }
    opened = received_at
    inFile = 0
  }

  function write(): void {
    if (timer) clearTimeout(timer)
    timer = null
    if (failure !== null) throw failure
    if (descriptor === null || waitingBytes === 0) return
    const data = waiting.subarray(0, waitingBytes)
    waitingBytes = 0
    writeOut(data)
  }

  function writeOut(data: Buffer): void {
    try {
      for (let at = 0; at < data.length; ) at += writeSync(descriptor!, data, at)
    } catch (error) {
      failure = error
      throw error
    }
  }

  /** A fault on the timer is kept and thrown to the next caller. */
  function flushLater(): void {
    try {
      write()
    } catch {
      timer = null
    }
  }

  function flush(sync = false): void {
    write()
    if (sync && descriptor !== null) fsyncSync(descriptor)
  }

  function closeFile(): void {
    if (descriptor === null) return
    try {
      flush(true)
    } finally {
      closeSync(descriptor)
      descriptor = null
    }
  }

  return {
    frame: (connection, received_at, text, marks) =>
      append(connection, received_at, frameLine(feed, connection, received_at, text, marks)),
    control: (connection, received_at, control, marks) =>
      append(connection, received_at, controlLine(feed, connection, received_at, control, marks)),
    flush,
    close() {
      closed = true
      closeFile()
    },
    files,
    get bytes() {
      return bytes
    },
  }
}

/** Opens a file that must not exist yet; null when it does. */
function openNew(path: string): number | null {
  try {
    return openSync(path, 'ax')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  }
}
