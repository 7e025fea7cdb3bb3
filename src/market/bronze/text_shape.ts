import { feedOf } from '../feeds/feeds.ts'
import { asFrame, parseJson } from '../feeds/reading.ts'
import { ValueSplitter } from './json_values.ts'
import { withoutMark } from './text_encoding.ts'

/**
 * How records stand in a text: one a line, or as JSON values wherever these begin and end: in a list, with commas or nothing
 * between them, over several lines.
 * @param beginning of the text; its last line may be cut.
 */
export function shapeOf(beginning: string): 'lines' | 'values' {
  const text = withoutMark(beginning.trimStart())
  if (!text.startsWith('{') && !text.startsWith('[')) return 'lines'
  const [first, second = ''] = text.split('\n', 2).map(line => line.trim())
  const frame = asFrame(parseJson(first))
  if (frame !== null) return Array.isArray(frame) && holdsObjects(frame) && !feedOf(frame) ? 'values' : 'lines'
  // A first line may be torn, or be garbage, where the next one is whole.
  if (asFrame(parseJson(second)) !== null && !first.endsWith(',') && first !== '[') return 'lines'
  const values = new ValueSplitter(beginning.length).push(text).texts
  return values.length > 0 && asFrame(parseJson(values[0])) !== null ? 'values' : 'lines'
}

function holdsObjects(list: unknown[]): boolean {
  return list.length > 0 && list.every(item => asFrame(item) !== null)
}
