import { closeSync, fsync, fsyncSync, openSync, writeSync } from 'node:fs'

const bufferLimit = 1 << 16
const flushAfterMs = 50

/**
 * A new file that takes whole lines. At most 64 KiB wait in memory, for at most 50 ms; the first line goes to the file system
 * at once, so that no file stands empty. After a fault of the disk it takes nothing more.
 */
export class LineFile {
  readonly path: string
  /** Bytes taken so far. */
  bytes = 0
  private readonly descriptor: number
  private readonly waiting = Buffer.allocUnsafeSlow(bufferLimit)
  private waitingBytes = 0
  private timer: NodeJS.Timeout | null = null
  /** What the disk said; after it the file takes nothing more. */
  failure: unknown = null
  private isOpen = true
  private onDisk = false

  private constructor(path: string, descriptor: number) {
    this.path = path
    this.descriptor = descriptor
  }

  /** @returns null when there is such a file already. */
  static create(path: string): LineFile | null {
    try {
      return new LineFile(path, openSync(path, 'ax'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
      throw error
    }
  }

  /** Takes a line without its end. @returns its bytes. @throws what the disk said, now or since the last call. */
  append(line: string): number {
    if (this.failure !== null) throw this.failure
    const text = `${line}\n`
    const size = Buffer.byteLength(text)
    const isFirst = this.bytes === 0
    this.bytes += size
    if (this.waitingBytes + size > bufferLimit) this.write()
    if (size > bufferLimit) this.writeOut(Buffer.from(text))
    else {
      this.waitingBytes += this.waiting.write(text, this.waitingBytes)
      if (isFirst) this.write()
      else this.timer ??= setTimeout(() => this.writeLater(), flushAfterMs)
    }
    return size
  }

  /** Gives everything so far to the file system; with `sync`, to the disk. */
  flush(sync = false): void {
    this.write()
    if (sync) fsyncSync(this.descriptor)
  }

  /** Everything is on the disk then. A second call does nothing. */
  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    try {
      this.flush(true)
    } catch (error) {
      this.failure ??= error
      throw error
    } finally {
      closeSync(this.descriptor)
    }
  }

  /** Takes nothing more and goes to the disk by itself: a disk takes its time. A fault of it is kept as `failure`. */
  retire(): void {
    this.write()
    this.isOpen = false
    fsync(this.descriptor, error => {
      try {
        closeSync(this.descriptor)
      } catch (cause) {
        this.failure ??= cause as Error
      }
      this.failure ??= error
      this.onDisk = true
    })
  }

  /** A retired file is on the disk then. */
  settle(): void {
    if (!this.onDisk) fsyncSync(this.descriptor)
    if (this.failure !== null) throw this.failure
  }

  private write(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.failure !== null) throw this.failure
    const data = this.waiting.subarray(0, this.waitingBytes)
    this.waitingBytes = 0
    this.writeOut(data)
  }

  private writeOut(data: Buffer): void {
    try {
      for (let at = 0; at < data.length; ) at += writeSync(this.descriptor, data, at)
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  /** A fault on the timer is kept and thrown to the next caller. */
  private writeLater(): void {
    try {
      this.write()
    } catch {
      this.timer = null
    }
  }
}
