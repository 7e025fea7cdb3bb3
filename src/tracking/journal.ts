import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SpikeError } from '../errors.ts'
import { writeAtomically, writeFileAtomically } from '../files/atomic.ts'
import { isBelow } from '../files/inside.ts'
import { isTemporary } from '../files/place.ts'
import { type Acknowledgement, findArtifacts, readJson, runFile, sentFile } from './journal_schema.ts'
import type { RunRecord } from './run_record.ts'
import { tags } from './tags.ts'

/**
 * A journalled run: its folder, its experiment, and the record with `file` and `folder` pointing into the journal; its tables
 * are artifacts there.
 */
export interface JournalEntry {
  folder: string
  experiment: string
  record: RunRecord
}

/** An id for a run: SHA-256 (32 hex digits) of name, times, params, metrics and tags. */
export function runId(record: Omit<RunRecord, 'id'>): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 32)
}

/**
 * Puts a run under `<journal>/journal/<id>/`: run.json, copies of its artifacts and of its model folder. All of it or nothing.
 * @returns false when the same run is there already.
 * @throws SpikeError BAD_ARGUMENT for an id that cannot be a folder, a missing file, or another run under the same id.
 */
export async function journalRun(record: RunRecord, experiment: string, journal: string): Promise<boolean> {
  checkRecord(record)
  const folder = join(journal, 'journal', record.id)
  const text = `${JSON.stringify({ version: 1, experiment, record: portable(record) }, null, 2)}\n`
  if (existsSync(folder)) {
    if (readFileSync(join(folder, 'run.json'), 'utf8') === text) return false
    throw new SpikeError(
      'BAD_ARGUMENT',
      `${folder}: holds another run under the id '${record.id}'; give each run an id of its own`,
    )
  }
  await writeAtomically(folder, async temporary => {
    mkdirSync(temporary)
    for (const { path, file } of record.artifacts) copy(file, join(temporary, 'artifacts', path))
    for (const { path, columns, data } of record.tables ?? [])
      await writeFileAtomically(join(temporary, 'artifacts', path), `${JSON.stringify({ columns, data })}\n`)
    if (record.model) copy(record.model.folder, join(temporary, 'model'))
    await writeFileAtomically(join(temporary, 'run.json'), text)
  })
  return true
}

/** All journalled runs, parents before their children, else oldest first; and one fault for each folder that is not a run. */
export function readJournal(journal: string): { entries: JournalEntry[]; faults: string[] } {
  const root = join(journal, 'journal')
  if (!existsSync(root)) return { entries: [], faults: [] }
  const faults: string[] = []
  const byId = new Map<string, JournalEntry>()
  for (const name of readdirSync(root).sort()) {
    if (isTemporary(name)) continue
    const entry = readEntry(join(root, name))
    if (entry) byId.set(name, entry)
    else faults.push(`${join(root, name)}: is not a journalled run (no whole run.json); move it out of the journal`)
  }
  const ordered = new Set<JournalEntry>()
  const place = (entry: JournalEntry, below: JournalEntry[]): void => {
    const parent = byId.get(entry.record.parent ?? '')
    if (parent && !below.includes(parent)) place(parent, [...below, entry])
    ordered.add(entry)
  }
  for (const entry of [...byId.values()].sort((a, b) => a.record.started_at - b.record.started_at)) place(entry, [])
  return { entries: [...ordered], faults }
}

/** Whom this run has reached, as far as is noted: the server itself knows what it holds. */
export function readAcknowledgements(folder: string): Acknowledgement[] {
  return readJson(join(folder, 'sent.json'), sentFile) ?? []
}

/** Notes that the server at `uri` holds all of the run. */
export async function acknowledge(folder: string, acknowledgement: Acknowledgement): Promise<void> {
  const others = readAcknowledgements(folder).filter(a => a.uri !== acknowledgement.uri)
  await writeFileAtomically(join(folder, 'sent.json'), `${JSON.stringify([...others, acknowledgement], null, 2)}\n`)
}

/** By this tag MLflow's pages know which artifacts are tables. */
const tablesTag = 'mlflow.loggedArtifacts'

function checkRecord(record: RunRecord): void {
  const faults: string[] = []
  const name = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/
  if (!name.test(record.id) || isTemporary(record.id))
    faults.push(`run '${record.id}': an id has 1 to 100 of A-Z a-z 0-9 . _ - and does not begin with a dot`)
  for (const { path } of [...record.artifacts, ...(record.tables ?? [])])
    if (path.split('/').some(part => part === '' || part === '.' || part === '..'))
      faults.push(`run '${record.id}': artifact path '${path}' must be relative, without empty or dot parts`)
  for (const { file } of record.artifacts)
    if (!existsSync(file)) faults.push(`run '${record.id}': artifact ${file} does not exist`)
  if (record.model && !existsSync(join(record.model.folder, 'MLmodel')))
    faults.push(`run '${record.id}': ${record.model.folder} is not an MLflow model folder (no file MLmodel)`)
  if (faults.length > 0) throw new SpikeError('BAD_ARGUMENT', faults)
}

/** The record with paths inside its journal folder, tables as artifacts, and without values that JSON cannot hold. */
function portable({ tables = [], ...record }: RunRecord): RunRecord {
  const undefinedKeys = record.metrics.filter(m => !Number.isFinite(m.value)).map(m => m.key)
  return {
    ...record,
    metrics: record.metrics.filter(m => Number.isFinite(m.value)),
    tags: {
      ...record.tags,
      ...(undefinedKeys.length > 0 && { [tags.undefinedMetrics]: [...new Set(undefinedKeys)].join(', ') }),
      ...(tables.length > 0 && { [tablesTag]: JSON.stringify(tables.map(({ path }) => ({ path, type: 'table' }))) }),
    },
    artifacts: [...record.artifacts, ...tables].map(({ path }) => ({ path, file: `artifacts/${path}` })),
    ...(record.model && { model: { ...record.model, folder: 'model' } }),
  }
}

function readEntry(folder: string): JournalEntry | null {
  const read = readJson(join(folder, 'run.json'), runFile)
  const artifacts = read && findArtifacts(folder, read.record.artifacts)
  if (!artifacts) return null
  const { experiment, record } = read
  const model = record.model && { ...record.model, folder: join(folder, record.model.folder) }
  const description = model && join(model.folder, 'MLmodel')
  if (description && !(existsSync(description) && isBelow(description, folder))) return null
  return { folder, experiment, record: { ...record, artifacts, model } }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true })
}
