import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SpikeError } from '../errors.ts'
import { entriesBelow, isBelow } from './inside.ts'
import { kindOf } from './place.ts'

/** Paths by how a message calls them: the option that names them, or what they are. */
type Places = Record<string, string | string[] | undefined>

interface Input {
  name: string
  file: string
  id: string
}

/**
 * Checks, before any work, that a command replaces nothing that it reads. What lies at the places is compared, not their names: links
 * of either kind and `./x` count. An input that is a folder stands for all in it; an output that is one is replaced whole.
 * @throws SpikeError BAD_ARGUMENT, one line for each output that is an input or holds one.
 * @example
 * keepInputs({ '--raw': ['a.ndjson', 'b.ndjson'], '--config': undefined }, { '--out': 'features.parquet' })
 */
export function keepInputs(inputs: Places, outputs: Places): void {
  const read = pairs(inputs).flatMap(([name, path]) =>
    filesOf(path).map((file): Input => ({ name, file, id: identityOf(file) })),
  )
  // A folder of the path may only be made on the way: then it is the shorter name that counts.
  const faults = pairs(outputs).flatMap(([name, path]) =>
    [path, resolve(path)].flatMap(place => faultOf(name, place, read)).slice(0, 1),
  )
  if (faults.length > 0) throw new SpikeError('BAD_ARGUMENT', faults)
}

function faultOf(name: string, path: string, read: Input[]): string[] {
  const kind = kindOf(path)
  if (kind === null) return []
  if (kind === 'folder') {
    const held = read.find(({ file }) => isBelow(file, path))
    return held
      ? [`${name} ${path}: is replaced whole, and ${held.file} of ${held.name} lies in it; name another place`]
      : []
  }
  const same = read.find(({ id }) => id === identityOf(path))
  return same ? [`${name} ${path}: is ${same.file}, which is read as ${same.name}; name another place`] : []
}

function pairs(places: Places): [string, string][] {
  return Object.entries(places).flatMap(([name, paths = []]) =>
    [paths].flat().map((path): [string, string] => [name, path]),
  )
}

/** What is there of a path: itself, or the files in it. */
function filesOf(path: string): string[] {
  const kind = kindOf(path)
  if (kind !== 'folder') return kind === null ? [] : [path]
  return [...entriesBelow(path)].map(entry => join(path, entry.path)).filter(file => kindOf(file) === 'file')
}

/** The same for two paths to one thing. */
export function identityOf(path: string): string {
  const { dev, ino } = statSync(path)
  return `${dev}:${ino}`
}
