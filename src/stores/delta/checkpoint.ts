import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically, writeFileAtomically } from '../../files/atomic.ts'
import { temporary } from '../../files/place.ts'
import { quoted, withDuckDB } from '../duckdb.ts'
import { type Action, applyAction, logOf, nameOf, noSnapshot, readOn, type Snapshot } from './log.ts'

/** Readers begin at the newest checkpoint instead of reading every commit. */
const commitsBetween = 100
/** A reader that began before a file was replaced has so long to finish. */
const keepReplacedMs = 3_600_000

const columns = {
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
  metaData:
    'STRUCT(id VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR, partitionColumns VARCHAR[], configuration MAP(VARCHAR, VARCHAR), createdTime BIGINT)',
  txn: 'STRUCT(appId VARCHAR, version BIGINT)',
  add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR)',
  remove: 'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN)',
}

/** The newest state of a table; of an empty folder that of no version. @throws SpikeError STORE_REFUSED. */
export async function readTableLog(folder: string): Promise<Snapshot> {
  const snapshot = noSnapshot()
  const last = join(logOf(folder), '_last_checkpoint')
  if (existsSync(last)) {
    const { version } = JSON.parse(readFileSync(last, 'utf8'))
    const path = checkpointOf(folder, version)
    for (const line of await linesOf(path)) applyAction(snapshot, line, path)
    snapshot.version = version
  }
  readOn(folder, snapshot)
  return snapshot
}

function linesOf(path: string): Promise<string[]> {
  return withDuckDB(async connection => {
    const told = Object.keys(columns).map(name => `'${name}', to_json(${name})`)
    const result = await connection.run(
      `SELECT json_object(${told.join(', ')})::VARCHAR FROM read_parquet(${quoted(path)})`,
    )
    return (await result.getRows()).map(([line]) => String(line))
  })
}

/** After every hundredth commit: writes a checkpoint, and takes away files that nobody can be reading any more. */
export async function tidyTable(folder: string, snapshot: Snapshot): Promise<void> {
  if (snapshot.version % commitsBetween !== 0 || snapshot.version === 0) return
  const since = Date.now() - keepReplacedMs
  removeReplaced(folder, snapshot, since)
  const actions: Action[] = [
    ...[{ protocol: snapshot.protocol }, { metaData: snapshot.metaData }],
    ...[...snapshot.positions].map(([appId, version]) => ({ txn: { appId, version } })),
    ...[...snapshot.files.values()].map(add => ({ add: { ...add, dataChange: false } })),
    ...[...snapshot.removed].map(([path, deletionTimestamp]) => ({
      remove: { path, deletionTimestamp, dataChange: false },
    })),
  ]
  const lines = join(folder, `.checkpoint${temporary()}`)
  const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`)
  try {
    writeFileSync(lines, actions.map(action => `${JSON.stringify(action)}\n`).join(''))
    await writeAtomically(checkpointOf(folder, snapshot.version), path =>
      withDuckDB(async connection => {
        const from = `read_json(${quoted(lines)}, format = 'newline_delimited', columns = {${types.join(', ')}})`
        await connection.run(`COPY (SELECT * FROM ${from}) TO ${quoted(path)} (FORMAT parquet)`)
      }),
    )
  } finally {
    rmSync(lines, { force: true })
  }
  const told = JSON.stringify({ version: snapshot.version, size: actions.length })
  await writeFileAtomically(join(logOf(folder), '_last_checkpoint'), told)
}

/** Also what a writer that was killed had not committed. */
function removeReplaced(folder: string, snapshot: Snapshot, since: number): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.parquet') || name.startsWith('_') || snapshot.files.has(name)) continue
    const path = join(folder, name)
    if ((snapshot.removed.get(name) ?? statSync(path).mtimeMs) < since) rmSync(path, { force: true })
  }
  for (const [path, at] of snapshot.removed) if (at < since) snapshot.removed.delete(path)
}

const checkpointOf = (folder: string, version: number): string =>
  join(logOf(folder), `${nameOf(version)}.checkpoint.parquet`)
