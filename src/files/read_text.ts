import { readFileSync } from 'node:fs'
import { checkInputFile } from './input.ts'

/** Bytes; far beyond any model, evaluation or manifest of ours. */
const most = 64 * 2 ** 20

/**
 * Reads a file that is taken into memory whole, and may come from anybody.
 * @throws SpikeError BAD_FILE where there is none, where it is empty, a folder, a device or a pipe, and for more than 64 MiB.
 */
export function readText(path: string): string {
  checkInputFile(path, 'one that spike60 wrote', most)
  return readFileSync(path, 'utf8')
}
