import { existsSync, globSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SpikeError } from '../errors.ts'

/**
 * Parser for a commander option that takes files again and again: a pattern that the shell left alone is expanded, in the
 * order of names. What is there by its very name is meant by it, brackets and all; a file counts once.
 */
export function files(flag: string): (text: string, before?: string[]) => string[] {
  return (text, before = []) => {
    const found = expandPattern(text)
    if (found.length === 0) throw new SpikeError('BAD_ARGUMENT', `${flag} '${text}' matches no file`)
    const known = new Set(before.map(path => resolve(path)))
    return [...before, ...found.filter(path => !known.has(resolve(path)))]
  }
}

/** The files that a pattern names; the text itself where it is no pattern. */
export function expandPattern(text: string): string[] {
  if (!/[*?[{]/.test(text) || existsSync(text)) return [text]
  const folder = literalFolder(text)
  const rest = text.slice(folder.length).replace(/^\/+/, '')
  const found = globSync(rest, { cwd: folder || '.' }).sort()
  return found.map(path => (folder === '' ? path : join(folder, path)))
}

/** The longest beginning of the path that is a folder as it stands. */
function literalFolder(text: string): string {
  let folder = dirname(text)
  while (folder !== '.' && folder !== '/' && !existsSync(folder)) folder = dirname(folder)
  return folder === '/' || text.startsWith(`${folder}/`) ? folder : ''
}
