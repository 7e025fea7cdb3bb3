import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SpikeError } from '../../errors.ts'
import { temporary } from '../../files/place.ts'

const file = z.object({
  path: z.string(),
  partitionValues: z.record(z.string(), z.string().nullable()),
  size: z.number(),
  modificationTime: z.number(),
  dataChange: z.boolean(),
  stats: z.string(),
})
/** A Parquet file of a table, as the protocol's action `add` has it; `stats` is JSON. */
export type DataFile = z.infer<typeof file>

const metaData = z.looseObject({
  id: z.string(),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: z.record(z.string(), z.string()),
})
const protocol = z.object({ minReaderVersion: z.number(), minWriterVersion: z.number() })
const txn = z.object({ appId: z.string(), version: z.number() })
const removed = z.object({ path: z.string(), deletionTimestamp: z.number() })
const action = z.object({
  ...{ add: file.nullish(), remove: removed.nullish(), txn: txn.nullish() },
  ...{ metaData: metaData.nullish(), protocol: protocol.nullish() },
})
export type Action = z.input<typeof action> & { commitInfo?: object }

/** What a table's log says up to a version; -1 where there is none yet. */
export interface Snapshot {
  version: number
  files: Map<string, DataFile>
  /** Files that no version has any more, and since when in ms. */
  removed: Map<string, number>
  /** By application: how far it has written. */
  positions: Map<string, number>
  metaData?: z.infer<typeof metaData>
  protocol?: z.infer<typeof protocol>
}

export const noSnapshot = (): Snapshot => {
  return { version: -1, files: new Map(), removed: new Map(), positions: new Map() }
}

export const logOf = (folder: string): string => join(folder, '_delta_log')
export const nameOf = (version: number): string => String(version).padStart(20, '0')

/** Brings a snapshot to the newest version that its log has. @throws SpikeError STORE_REFUSED for a log that cannot be read. */
export function readOn(folder: string, snapshot: Snapshot): void {
  for (;;) {
    const path = join(logOf(folder), `${nameOf(snapshot.version + 1)}.json`)
    const text = readIfThere(path)
    if (text === undefined) return
    for (const line of text.split('\n')) if (line !== '') applyAction(snapshot, line, path)
    snapshot.version++
  }
}

/** @param line an action as JSON. @param path where it stands, for the message. */
export function applyAction(snapshot: Snapshot, line: string, path: string): void {
  const { data } = action.safeParse(parse(line))
  if (data === undefined)
    throw new SpikeError('STORE_REFUSED', `${path}: is no log of a Delta table of ours; name another folder`)
  if (data.protocol) snapshot.protocol = data.protocol
  if (data.metaData) snapshot.metaData = data.metaData
  if (data.txn) snapshot.positions.set(data.txn.appId, data.txn.version)
  if (data.remove) {
    snapshot.files.delete(data.remove.path)
    snapshot.removed.set(data.remove.path, data.remove.deletionTimestamp)
  }
  if (data.add) snapshot.files.set(data.add.path, data.add)
}

/**
 * Makes the version after the snapshot's, on the disk when it returns. Only one process can: the name is made where it is not
 * there yet.
 * @returns false where another process has made that version.
 */
export function commit(folder: string, snapshot: Snapshot, actions: Action[]): boolean {
  const beside = join(folder, `.commit${temporary()}`)
  const info = { timestamp: Date.now(), operation: 'MERGE', engineInfo: 'spike60' }
  writeDurably(beside, [...actions, { commitInfo: info }].map(action => `${JSON.stringify(action)}\n`).join(''))
  try {
    linkSync(beside, join(logOf(folder), `${nameOf(snapshot.version + 1)}.json`))
    syncPath(logOf(folder))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(beside, { force: true })
  }
  return true
}

function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'w')
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** What was written to a file, or into a folder, is on the disk afterwards. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
