import { dirname, join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { entriesBelow } from '../../files/inside.ts'
import { type Manifest, manifestName, readManifest } from './manifest.ts'
import { sumOf } from './sum.ts'

/**
 * Reads manifest.json and compares everything in the folder with it. Writes nothing.
 * @throws SpikeError BAD_FILE when there is no usable manifest; CHECK_FAILED, one line for each thing that changed, is missing, was
 * added, or is no plain file.
 */
export function verifyManifest(folder: string): Manifest {
  const manifest = readManifest(folder)
  const { missing, foreign } = compareWith(manifest, folder)
  const faults = [
    ...missing.map(path => `${join(folder, path)}: is missing`),
    ...foreign.map(({ path, why }) => `${join(folder, path)}: ${why}`),
  ]
  if (faults.length > 0) throw new SpikeError('CHECK_FAILED', faults)
  return manifest
}

/** Far more than ten minutes of raw data, all models and reports. */
const largest = { entries: 10_000, bytes: 4 * 2 ** 30 }

/**
 * What a manifest names and the folder lacks, and what lies in the folder and is not as the manifest says.
 * @throws SpikeError BAD_FILE for a folder far larger than any hand-off, before its files are read.
 */
export function compareWith(
  manifest: Manifest,
  folder: string,
): { missing: string[]; foreign: { path: string; why: string }[] } {
  const missing = new Set(Object.keys(manifest.files))
  const folders = new Set([...missing].flatMap(foldersOf))
  const named: string[] = []
  const foreign: { path: string; why: string }[] = []
  let [entries, bytes] = [0, 0]
  for (const { path, kind, size } of entriesBelow(folder)) {
    entries++
    bytes += size
    if (entries > largest.entries || bytes > largest.bytes)
      throw new SpikeError(
        'BAD_FILE',
        `${folder}: holds more than ${largest.entries} entries or ${largest.bytes / 2 ** 30} GB, so it is no hand-off folder`,
      )
    if (kind === 'file' && missing.delete(path)) named.push(path)
    else if (kind !== 'file' && kind !== 'folder')
      foreign.push({ path, why: `is a ${kind}; only plain files are read` })
    else if (path !== manifestName && !folders.has(path)) foreign.push({ path, why: 'is not in the manifest' })
  }
  for (const path of named)
    if (sumOf(join(folder, path)) !== manifest.files[path])
      foreign.push({ path, why: "differs from the manifest's sum" })
  return { missing: [...missing], foreign }
}

/** The folders that a path goes through. */
function foldersOf(path: string): string[] {
  const above = dirname(path)
  return above === '.' ? [] : [above, ...foldersOf(above)]
}
