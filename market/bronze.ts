import type { Micros } from '../features/event.ts'
import type { Control } from './record.ts'

/** Verbatim messages as they came: `{"received_at","feed","connection","frame":<the message's own text>}`. */
export interface BronzeFrame {
  received_at: Micros
  feed: string
  connection: string
  /** The message's JSON object as is; a JSON string of the message when it is not an object. */
  frame: object | string
}

export interface BronzeControl {
  received_at: Micros
  feed: string
  connection: string
  control: Control
}

export interface BronzeWriter {
  /** Appends a message verbatim. @throws what the disk said, now or since the last call. */
  frame(connection: string, received_at: Micros, text: string): void
  control(connection: string, received_at: Micros, control: Control): void
  /** Gives everything so far to the file system; with `sync`, to the disk. */
  flush(sync?: boolean): void
  /** Flushes to the disk and closes the file. */
  close(): void
  /** Paths written so far, in order. */
  readonly files: string[]
}
