import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { identityOf } from '../../files/keep_inputs.ts'
import { kindOf, makeFolder } from '../../files/place.ts'
import { inspectFiles } from '../../market/bronze/inspect_files.ts'
import { isPublisherNote } from '../../market/bronze/settled_files.ts'
import { isSimulatedFeed } from '../../market/feeds/simulated.ts'
import { besideFeatures, demoPaths, runPaths } from '../../run_paths.ts'

export interface DemoPlaces {
  /** Folder for bronze, there and empty. */
  raw: string
  /** An embedded log that is not there yet. */
  log: string
}

/**
 * Where a demo records. Recordings of the simulated exchange are begun anew, since every demo can make them again; where anything
 * else lies, or a file that this demo reads, all of it stays, and the first free place beside it is taken.
 */
export async function placesOf(out: string, files: string[]): Promise<DemoPlaces> {
  for (let attempt = 1; ; attempt++) {
    const paths = demoPaths(attempt)
    const [raw, log] = [join(out, paths.raw), join(out, paths.log)]
    if (!(await isMadeAgain(raw, files))) continue
    makeFolder(raw)
    for (const name of readdirSync(raw)) rmSync(join(raw, name))
    for (const end of ['', '-wal', '-shm']) rmSync(`${log}${end}`, { force: true })
    return { raw, log }
  }
}

async function isMadeAgain(raw: string, files: string[]): Promise<boolean> {
  const kind = kindOf(raw)
  if (kind === null) return true
  if (kind !== 'folder') return false
  const read = new Set(files.filter(file => kindOf(file) !== null).map(identityOf))
  const paths = readdirSync(raw).map(name => join(raw, name))
  if (!paths.every(path => lstatSync(path).isFile() && !read.has(identityOf(path)))) return false
  // A demo that was killed leaves a file without a line.
  const written = paths.filter(path => statSync(path).size > 0 && !isPublisherNote(basename(path)))
  return written.length === 0 || (await areSimulated(written))
}

async function areSimulated(paths: string[]): Promise<boolean> {
  try {
    return (await inspectFiles(paths)).every(({ kind, feed }) => kind === 'bronze' && isSimulatedFeed(feed))
  } catch (error) {
    if (error instanceof SpikeError) return false
    throw error
  }
}

/** Every file that is replaced there, and the folders that are replaced whole; of what is recorded `placesOf` takes care. */
export function writtenUnder(out: string): string[] {
  const { features, featuresLive, windows, evaluation, exploration, evaluationPdf, modelCard, models, handoff } =
    runPaths
  const paths = [features, featuresLive, windows, evaluation, exploration, evaluationPdf, modelCard, models, handoff]
  const { scores: _, ...beside } = besideFeatures(features)
  return [...paths, ...Object.values(beside)].map(path => join(out, path))
}
