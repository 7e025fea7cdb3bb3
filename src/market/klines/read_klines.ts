import { SpikeError } from '../../errors.ts'
import { kindOf } from '../../files/place.ts'
import { readBytes } from '../bronze/file_bytes.ts'
import { toUtf8 } from '../bronze/text_encoding.ts'
import type { Kline } from './kline.ts'
import { readKlines } from './kline_rows.ts'

/** Two years of minutes are 100 MB. */
const most = 256 * 2 ** 20

const allowed =
  'allowed are klines as a REST answer, bulk CSV, or frames of a kline stream, one a line; plain, .gz or .zst'

/**
 * Reads the candles of a file into memory.
 * @returns also how many of its lines or items hold none.
 * @throws SpikeError BAD_FILE where it cannot be read or holds none at all.
 */
export async function readKlineFile(
  path: string,
  note: (text: string) => void,
): Promise<{ klines: Kline[]; others: number }> {
  if (kindOf(path) === null) throw new SpikeError('BAD_FILE', `${path}: no such file; ${allowed}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of toUtf8(readBytes(path, note), note)) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > most) throw new SpikeError('BAD_FILE', `${path}: holds more than ${most} bytes; cut it by months`)
    }
  } catch (cause) {
    if (cause instanceof SpikeError) throw cause
    throw new SpikeError('BAD_FILE', `${path}: cannot be read (${(cause as Error).message}); ${allowed}`, { cause })
  }
  const found = readKlines(Buffer.concat(chunks).toString('utf8'))
  const klines = found.filter(kline => kline !== null)
  if (klines.length === 0)
    throw new SpikeError('BAD_FILE', `${path}: holds no candle in ${found.length} lines; ${allowed}`)
  return { klines, others: found.length - klines.length }
}
