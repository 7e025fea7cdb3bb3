import { join } from 'node:path'
import type { Micros } from '../../core/events/event.ts'
import { isoTime } from '../../core/math/time.ts'
import { makeFolder } from '../../files/place.ts'
import { controlLine, frameLine, type LineMarks } from './line.ts'
import { LineFile } from './line_file.ts'
import type { Control } from './record.ts'

export interface BronzeOptions {
  directory: string
  feed: string
  /** A new file is begun beyond so many bytes. */
  maxBytes?: number
  /** A new file is begun when the file's first line was received so many microseconds ago, or was written so long ago. */
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

/** Writes bronze: `<directory>/<feed>-<time of first line>-<connection>.ndjson`, always new files, whole lines at a time. */
export function createBronzeWriter(options: BronzeOptions): BronzeWriter {
  const { directory, feed, maxBytes = 128 << 20, maxAge = 3_600_000_000 } = options
  const files: string[] = []
  let file: LineFile | null = null
  let former: LineFile | null = null
  let opened: Micros = 0
  let openedAt = 0
  let bytes = 0
  let closed = false

  function append(connection: string, received_at: Micros, line: string): void {
    if (closed) throw new Error('bronze writer: closed')
    if (former?.failure) throw former.failure
    if (file?.failure === null && isFull(file, received_at)) {
      file.retire()
      former?.settle()
      former = file
      file = null
    }
    if (file === null) {
      file = openFile(directory, `${feed}-${stampOf(received_at)}-${connection}`)
      files.push(file.path)
      opened = received_at
      openedAt = performance.now()
    }
    bytes += file.append(line)
  }

  /** The clock of receipt stands still after the machine's was set back, until the old time is reached again. */
  function isFull({ bytes }: LineFile, received_at: Micros): boolean {
    const age = Math.max(received_at - opened, 1000 * (performance.now() - openedAt))
    return bytes >= maxBytes || age >= maxAge
  }

  return {
    frame: (connection, received_at, text, marks) =>
      append(connection, received_at, frameLine(feed, connection, received_at, text, marks)),
    control: (connection, received_at, control, marks) =>
      append(connection, received_at, controlLine(feed, connection, received_at, control, marks)),
    flush: sync => file?.flush(sync),
    close() {
      closed = true
      file?.close()
      file = null
      former?.settle()
    },
    files,
    get bytes() {
      return bytes
    },
  }
}

function stampOf(time: Micros): string {
  return isoTime(time).replace(/[-:]|\.\d+/g, '')
}

/** A new file of this name, or with a number behind it where there is one already: by name, too, it comes after that. */
function openFile(directory: string, name: string): LineFile {
  makeFolder(directory)
  const stem = name.replaceAll(/[^A-Za-z0-9._-]/g, '_')
  for (let attempt = 1; ; attempt++) {
    const file = LineFile.create(
      join(directory, attempt === 1 ? `${stem}.ndjson` : `${stem}_${String(attempt).padStart(4, '0')}.ndjson`),
    )
    if (file !== null) return file
  }
}
