/** Pieces of a frame's text. Each takes nothing that JSON.parse would not take, or read otherwise. */
const inside = '[^"\\\\\\u0000-\\u001f]*'
const whole = '(?:0|[1-9]\\d{0,15})'

/** A text without escapes; its inside is captured. */
export const text = `"(${inside})"`
/** The same, captured by nobody. */
export const anyText = `"${inside}"`
/** A whole number that is not negative, of 16 digits at most. */
export const integer = `(${whole})`
export const anyInteger = whole

/** A list without spaces, however short. */
export function listOf(item: string): string {
  return `\\[(?:${item}(?:,${item})*)?\\]`
}

export function optional(piece: string): string {
  return `(?:${piece})?`
}

/** The pattern of a part: what is written stands there as it is written, what is put in are pieces. */
export function part({ raw }: TemplateStringsArray, ...pieces: string[]): string {
  return raw.map((literal, n) => literal.replace(/[[\]{}().*+?^$|\\]/g, '\\$&') + (pieces[n] ?? '')).join('')
}

/** The same as a whole frame. */
export function shape(strings: TemplateStringsArray, ...pieces: string[]): RegExp {
  return new RegExp(`^${part(strings, ...pieces)}$`)
}
