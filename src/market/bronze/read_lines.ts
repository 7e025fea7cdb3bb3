import { SpikeError } from '../../errors.ts'
import { readBytes, wanted } from './file_bytes.ts'
import { type Lines, linesOf } from './text_lines.ts'

/**
 * `linesOf` a file: plain, gzip or zstd by its first bytes.
 * @param note is told what was left out, and what was taken to be so.
 * @param taken is told how many more bytes of the file have been read.
 * @throws SpikeError BAD_FILE when it is missing, unreadable, damaged, or of another kind.
 */
export async function* readLines(
  path: string,
  note: (text: string) => void = () => {},
  taken: (bytes: number) => void = () => {},
): AsyncGenerator<Lines> {
  let line = 0
  try {
    for await (const lines of linesOf(readBytes(path, note, taken), note)) {
      line = lines.numbers.at(-1) ?? line
      yield lines
    }
  } catch (cause) {
    throw damaged(path, line, cause)
  }
}

function damaged(path: string, line: number, cause: unknown): unknown {
  if (cause instanceof SpikeError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return new SpikeError('BAD_FILE', `${path}: no such file; ${wanted}`, { cause })
  if (code === 'EACCES' || code === 'EPERM')
    return new SpikeError('BAD_FILE', `${path}: may not be read (${code}); grant read access`, { cause })
  if (code?.startsWith('Z_') || code?.startsWith('ZSTD'))
    return new SpikeError('BAD_FILE', `${path}: cannot be unpacked after line ${line} (${message})`, { cause })
  return new SpikeError('BAD_FILE', `${path}: cannot be read (${message})`, { cause })
}
