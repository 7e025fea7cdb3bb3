import { readFileSync } from 'node:fs'

/**
 * Reads the advance widths of a TrueType font, so that text can be measured without a browser.
 * Tables `head`, `hhea`, `hmtx` and `cmap` (format 4) as in the OpenType specification 1.9.
 * @returns a function from a text to its width in units of the font size; a character the font lacks counts as its first glyph.
 */
export function readFontWidths(path: string): (text: string) => number {
  const font = readFileSync(path)
  const tables = new Map<string, number>()
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const record = 12 + 16 * i
    tables.set(font.toString('latin1', record, record + 4), font.readUInt32BE(record + 8))
  }
  const start = (name: string): number => {
    const offset = tables.get(name)
    if (offset === undefined) throw new Error(`${path}: has no table '${name}'`)
    return offset
  }
  const unitsPerEm = font.readUInt16BE(start('head') + 18)
  const longMetrics = font.readUInt16BE(start('hhea') + 34)
  const hmtx = start('hmtx')
  const glyphOf = readCharacterMap(font, start('cmap'), path)
  const advance = (glyph: number): number => font.readUInt16BE(hmtx + 4 * Math.min(glyph, longMetrics - 1))
  return text => {
    let width = 0
    for (const character of text) width += advance(glyphOf.get(character.codePointAt(0)!) ?? 0)
    return width / unitsPerEm
  }
}

function readCharacterMap(font: Buffer, cmap: number, path: string): Map<number, number> {
  const glyphOf = new Map<number, number>()
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const table = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4)
    if (font.readUInt16BE(table) !== 4) continue
    const segments = font.readUInt16BE(table + 6) / 2
    const field = (place: number, segment: number): number => table + 14 + 2 * (place * segments + segment)
    for (let segment = 0; segment < segments; segment++) {
      const last = font.readUInt16BE(field(0, segment))
      const first = font.readUInt16BE(field(1, segment) + 2)
      const delta = font.readUInt16BE(field(2, segment) + 2)
      const rangeAt = field(3, segment) + 2
      const range = font.readUInt16BE(rangeAt)
      for (let code = first; code <= last && code < 0xffff; code++) {
        const raw = range === 0 ? code : font.readUInt16BE(rangeAt + range + 2 * (code - first))
        if (range === 0 || raw !== 0) glyphOf.set(code, (raw + delta) & 0xffff)
      }
    }
    return glyphOf
  }
  throw new Error(`${path}: has no character map of format 4`)
}
