import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { SpikeError } from '../errors.ts'
import { kindOf } from './place.ts'

/**
 * Says what a path is where it is no file that can be read as a whole. It is not opened: a pipe would be waited for.
 * @param wanted what is to be named in its place, as the end of the message.
 * @param most bytes that are read at most.
 * @returns its size in bytes.
 * @throws SpikeError BAD_FILE, one line.
 */
export function checkInputFile(path: string, wanted: string, most = Number.POSITIVE_INFINITY): number {
  const refuse = (why: string): never => {
    throw new SpikeError('BAD_FILE', `${path}: ${why}; name ${wanted}`)
  }
  const kind = kindOf(path)
  if (kind === null) return refuse('does not exist')
  if (kind !== 'file') return refuse(kind === 'folder' ? 'is a folder' : 'is a device or a pipe, not a file')
  const { size } = statSync(path)
  if (size === 0) return refuse('is empty')
  if (size > most) return refuse(`has ${size} bytes, and at most ${most} are read`)
  return size
}

/** Its first and last bytes, as many as asked for or as there are. */
export function readEnds(path: string, size: number, length: number): { first: Buffer; last: Buffer } {
  const file = openSync(path, 'r')
  try {
    const take = (at: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(length, size))
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, at))
    }
    return { first: take(0), last: take(Math.max(0, size - length)) }
  } finally {
    closeSync(file)
  }
}
