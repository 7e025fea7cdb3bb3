import { join, resolve } from 'node:path'

/** The text with every path below the run as seen from the run, so that what is handed on names no path of this machine. */
export function seenFromRun(text: string, run: string): string {
  const given = join(run, '/')
  const shorter = text.replaceAll(`${resolve(run)}/`, '')
  return given === './' ? shorter : shorter.replaceAll(given, '')
}
