/**
 * The text as a terminal may show it: what would steer it, escape codes and turned directions of writing, stands as `\u001b`.
 * Tabs and line ends stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, sign => {
    const code = sign.codePointAt(0)!.toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
}

/** The same for a name that somebody else gave, which has its place within a line: line ends and tabs are `\n` and `\t` too. */
export function printableName(name: string): string {
  return printable(JSON.stringify(name).slice(1, -1))
}
