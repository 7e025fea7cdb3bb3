import type { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import { readLines } from './read_lines.ts'

/**
 * The objects of a file of JSON, one a line or in a list, plain, .gz or .zst, each checked by its schema.
 * @throws SpikeError BAD_FILE with file, line and field where one does not fit, and as `readLines`.
 */
export async function* readJsonRecords<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): AsyncGenerator<z.output<Schema>> {
  for await (const { texts, numbers } of readLines(path))
    for (const [i, text] of texts.entries()) if (text.trim() !== '') yield parse(`${path}:${numbers[i]}`, text, schema)
}

function parse<Schema extends z.ZodType>(place: string, text: string, schema: Schema): z.output<Schema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${place}: is not JSON; a JSON object is expected`, { cause })
  }
  const read = schema.safeParse(value)
  if (read.success) return read.data
  throw new SpikeError(
    'BAD_FILE',
    read.error.issues.map(({ path, message }) => `${place}: ${path.join('.') || 'the line'}: ${message}`),
  )
}
