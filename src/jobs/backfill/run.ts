import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { SpikeError } from '../../errors.ts'
import { writeAtomically } from '../../files/atomic.ts'
import { kindOf } from '../../files/place.ts'
import type { Say } from '../../operations/progress.ts'
import { archiveEvents, type EventSource } from './archive.ts'
import { engineOf } from './end_record.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { mergeDigest } from './merge.ts'
import { planChunks } from './plan.ts'
import { runChunks } from './processes.ts'
import { runOnSpark } from './spark/run_on_spark.ts'

export interface BackfillOptions {
  /** Events, put into an archive first; or an archive that was made before. */
  from: EventSource | { archive: string }
  /** Where the archive stays; it is taken away when absent. */
  keepArchive?: string
  out: string
  workers: number
  /** The address of a Spark cluster that has the workers instead. */
  spark?: string
  /** Seconds of a chunk: a part of a day. */
  chunk: number
  config: Config
  configPath?: string
  say?: Say
}

export interface BackfillResult {
  digest: string
  rows: number
  chunks: number
  /** Events that workers took in; those of warm-ups count again. */
  events_read: number
  seconds: number
  /** Of them, for reading the events into an archive. */
  archive_seconds: number
  simulated: boolean
}

/**
 * Makes features of years of raw data on all cores, or on a Spark cluster: the rows and the digest of `replay`, in a folder `dt=DAY/product=NAME` of
 * Parquet files. The folder appears whole or not at all.
 * @throws SpikeError BAD_FILE, OVERLAPPING_FILES, BAD_TABLE as `archiveEvents` and `readManifest`; CHECK_FAILED where a worker
 *   fails or its rows are not those that it told of; TOOL_MISSING without Spark where it is wanted.
 */
export async function backfill(options: BackfillOptions): Promise<BackfillResult> {
  const { out, config } = options
  checkNew(out)
  const begun = performance.now()
  const seconds = (): number => Math.round((performance.now() - begun) / 10) / 100
  let result: BackfillResult | null = null
  await writeAtomically(out, async beside => {
    mkdirSync(beside)
    const { archive, manifest } = await openArchive(options, join(beside, 'archive'))
    const archive_seconds = seconds()
    const chunks = planChunks(manifest, options.chunk, config)
    const { workers, spark, configPath } = options
    const work = {
      ...{ archive, out: beside, config, configPath },
      onChunk: (done: number) => options.say?.('chunks', done, chunks.length),
    }
    const ends = spark ? await runOnSpark(chunks, spark, work) : await runChunks(chunks, { ...work, workers })
    const { digest, rows } = mergeDigest(beside, ends)
    if (rows === 0) throw new SpikeError('BAD_TABLE', `${out}: the events give not one row; npm run replay says why`)
    rmSync(join(beside, 'archive'), { recursive: true, force: true })
    const events_read = ends.reduce((sum, { events }) => sum + events, 0)
    const { simulated } = manifest
    result = { digest, rows, chunks: chunks.length, events_read, seconds: 0, archive_seconds, simulated }
    writeFileSync(
      join(beside, summaryName),
      `${JSON.stringify({ digest, rows, simulated, ...engineOf(config) }, null, 1)}\n`,
    )
  })
  return { ...result!, seconds: seconds() }
}

/** Beside the days: readers of the Hive layout pass over names that begin so. */
const summaryName = '_backfill.json'

async function openArchive(
  { from, keepArchive, config, say }: BackfillOptions,
  temporary: string,
): Promise<{ archive: string; manifest: Manifest }> {
  if ('archive' in from) return { archive: from.archive, manifest: readManifest(from.archive, config) }
  const read = async (archive: string): Promise<Manifest> => {
    mkdirSync(archive, { recursive: true })
    return await archiveEvents(from, archive, config, say)
  }
  if (keepArchive === undefined) return { archive: temporary, manifest: await read(temporary) }
  checkNew(keepArchive)
  await writeAtomically(keepArchive, async beside => {
    await read(beside)
  })
  return { archive: keepArchive, manifest: readManifest(keepArchive, config) }
}

/** @throws SpikeError BAD_FILE where anything is there already: rows of another run would stand among these. */
function checkNew(folder: string): void {
  const kind = kindOf(folder)
  if (kind === null || (kind === 'folder' && readdirSync(folder).length === 0)) return
  throw new SpikeError('BAD_FILE', `${folder}: is there already; name a new folder, or take it away`)
}
