import type { Feed } from './feed.ts'
import { asFrame, parseJson } from './reading.ts'

/** A frame and its text, or why there is none in the text. `skimmed`: what its feed reads of it, the rest is left out. */
export type FrameText =
  | { text: string; frame: object; skimmed?: true }
  | { text: string; dead: 'not_json' | 'not_object' }

/** Of a longer text much would be read in vain before it is found to be of another shape. */
const longestSkimmed = 1 << 16

/** The frame in a text: skimmed where the feed knows its shape, else parsed. */
export function readFrameText(text: string, feed: Feed | undefined): FrameText {
  const frame = skimFrame(text, feed)
  return frame === null ? parseFrameText(text) : { text, frame, skimmed: true }
}

/** @returns null where the text is not of a shape that the feed skims; then nothing is said about it. */
export function skimFrame(text: string, feed: Feed | undefined): object | null {
  return text.length > longestSkimmed ? null : (feed?.skim?.(text) ?? null)
}

export function parseFrameText(text: string): FrameText {
  const value = parseJson(text)
  const frame = asFrame(value)
  return frame ? { text, frame } : { text, dead: value === undefined ? 'not_json' : 'not_object' }
}
