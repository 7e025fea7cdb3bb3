import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PublisherState } from './publisher_state.ts'

/** Of folders that are published no more so many names are kept. */
const keptElsewhere = 32

/**
 * The state of a publisher in the folder of bronze that it is started in: where that is another one than before, what it says of
 * the former is kept apart, in case that comes back.
 */
export function inFolder(state: PublisherState, directory: string): PublisherState {
  const isHere = (name: string): boolean => existsSync(join(directory, name))
  const names = Object.keys(state.files)
  if (names.length === 0 || names.some(isHere) || (state.settled !== undefined && isHere(state.settled))) return state
  const former = state.elsewhere ?? { files: {}, settled: [] }
  const notes = [...former.settled, ...(state.settled === undefined ? [] : [state.settled])]
  const files = Object.entries({ ...former.files, ...state.files })
  const elsewhere = {
    files: Object.fromEntries(files.filter(([name]) => !isHere(name)).slice(-keptElsewhere)),
    settled: notes.filter(name => !isHere(name)).slice(-keptElsewhere),
  }
  const here = Object.fromEntries(files.filter(([name]) => isHere(name)))
  return { ...state, files: here, settled: notes.find(isHere), elsewhere }
}
