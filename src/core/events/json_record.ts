/**
 * The object that a record holds as JSON.
 * @param isWhole whether it has all that it should.
 * @returns null when the text is no such object.
 */
export function decodeRecord<Kind extends object>(
  text: string,
  isWhole: (found: Partial<Kind>) => boolean,
): Kind | null {
  let found: Partial<Kind> | null
  try {
    found = JSON.parse(text)
  } catch {
    return null
  }
  return typeof found === 'object' && found !== null && isWhole(found) ? (found as Kind) : null
}
