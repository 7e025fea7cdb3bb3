import { statSync } from 'node:fs'
import { SpikeError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { readEnds } from '../../files/input.ts'
import type { DeadLetter } from '../../market/bronze/record.ts'

/** Beside the rows. */
export function deadFileOf(out: string): string {
  return `${out.replace(/\.parquet$/, '')}.dead.ndjson`
}

/** How each line of such a file begins. */
const beginning = '{"reason":'

/**
 * Checks that what lies where no option points holds dead letters: it would be replaced by others.
 * @throws SpikeError BAD_FILE where it does not.
 */
export function refuseOtherLetters(out: string): void {
  const path = deadFileOf(out)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size && readEnds(path, size, beginning.length).first.toString('latin1') !== beginning)
    throw new SpikeError('BAD_FILE', `${path}: is no file of dead letters and would be replaced by one; move it away`)
}

/** @returns the path of the file; null where there is no letter, or no file of rows. */
export async function writeDeadLetters(out: string | null, dead: DeadLetter[]): Promise<string | null> {
  if (out === null || dead.length === 0) return null
  const path = deadFileOf(out)
  const lines = dead.map(({ reason, ...letter }) => `${JSON.stringify({ reason, ...letter })}\n`)
  await writeFileAtomically(path, lines.join(''))
  return path
}
