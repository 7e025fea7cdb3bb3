import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SpikeError } from '../../errors.ts'
import { checkFilePlace, kindOf, makeFolder } from '../../files/place.ts'
import { inTransaction } from '../../files/sqlite_transaction.ts'

/** Marks a database as ours ("sp60") and names the version of its tables. */
const applicationId = 0x73703630
const tablesVersion = 3

const tables = `
CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
  compacted INTEGER NOT NULL DEFAULT 0 CHECK (compacted IN (0, 1))) STRICT;
CREATE TABLE ends (topic INTEGER NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)) STRICT, WITHOUT ROWID;
CREATE TABLE records (topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL,
  crc INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (topic, partition, offset)) STRICT, WITHOUT ROWID;
CREATE TABLE committed (name TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  crc INTEGER NOT NULL, PRIMARY KEY (name, topic, partition)) STRICT, WITHOUT ROWID;
CREATE TABLE writers (id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`

/** What version 2 of the tables lacked. */
const addCompacted = 'ALTER TABLE topics ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0 CHECK (compacted IN (0, 1))'

/**
 * Opens the log, or makes a new one where there is no file. Many processes may hold it open at once; whoever meets another one's
 * lock tries again, see `whenFree`: SQLite itself would wait in this thread.
 * @throws SpikeError LOG_CORRUPT when the file is torn, is no SQLite database or not one of ours.
 */
export function openDatabase(path: string): DatabaseSync {
  const fresh = kindOf(path) !== 'file' || statSync(path).size === 0
  if (fresh) checkFilePlace(path)
  makeFolder(dirname(path))
  if (!fresh) checkSize(path)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    // Before anything is changed: the file may be somebody else's.
    isOurs(database, path)
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()
    if (mode?.journal_mode !== 'wal') throw corrupt(path, 'cannot be put into WAL mode')
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA mmap_size = 0')
    prepareTables(database, path)
    checkSmallTables(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite's result codes: read-only, cannot open, not authorised; busy, locked, I/O error, disk full. Others tell of a bad file. */
const refusals = [8, 14, 23]
const passing = [5, 6, 10, 13]
const shortRead = 522

/** Turns what SQLite throws into our errors; `path` names the log in them. */
export function guard<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof SpikeError) throw error
    const { errcode: code, code: name, message: told } = error as Error & { errcode?: number; code?: string }
    if (name === 'ERR_OUT_OF_RANGE') throw corrupt(path, 'holds a number that was never written', error)
    if (code === undefined) throw error
    const base = code & 0xff
    if (refusals.includes(base))
      throw new SpikeError(
        'BROKER_REFUSED',
        `${path}: the topic log cannot be opened for writing: ${told}; see the rights of the file and its folder, and ulimit -n`,
        {
          cause: error,
        },
      )
    if (passing.includes(base) && code !== shortRead)
      throw new SpikeError(
        'BROKER_UNAVAILABLE',
        `${path}: the topic log is busy or the disk is full: ${told}; try again`,
        {
          cause: error,
        },
      )
    throw corrupt(path, told, error)
  }
}

/** The error for a log that must not be read. */
export function corrupt(path: string, what: string, cause?: unknown): SpikeError {
  return new SpikeError('LOG_CORRUPT', `${path}: ${what}; move the file away and feed the topics again from data/raw`, {
    cause,
  })
}

function prepareTables(database: DatabaseSync, path: string): void {
  if (isOurs(database, path)) return
  inTransaction(database, () => {
    if (isOurs(database, path)) return
    const isFormer = database.prepare('PRAGMA user_version').get()?.user_version === 2
    database.exec(isFormer ? addCompacted : tables)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${tablesVersion}`)
  })
}

/** Tables and the mark come in one transaction: where tables are seen before it is asked for the mark, that is there too. */
function isOurs(database: DatabaseSync, path: string): boolean {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
  if (database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0) return false
  if (pragma('application_id') === applicationId) {
    const version = pragma('user_version')
    if (version === tablesVersion) return true
    if (version === 2) return false
    throw corrupt(path, `holds topics in version ${version} of the tables, this program reads ${tablesVersion}`)
  }
  throw corrupt(path, 'is a SQLite database, but not a topic log')
}

/** The tables that say where everything is are checked whole; records are checked one by one as they are read. */
function checkSmallTables(database: DatabaseSync, path: string): void {
  for (const table of ['topics', 'ends', 'committed', 'writers']) {
    const told = database.prepare(`PRAGMA integrity_check(${table})`).get()?.integrity_check
    if (told !== 'ok') throw corrupt(path, `table ${table}: ${told}`)
  }
}

/** A main file shorter than its header says, with nothing in the WAL to make up for it, was torn. */
function checkSize(path: string): void {
  const header = Buffer.alloc(100)
  const file = openSync(path, 'r')
  const read = readSync(file, header, 0, 100, 0)
  closeSync(file)
  if (read < 100 || header.toString('latin1', 0, 15) !== 'SQLite format 3') throw corrupt(path, 'is not a topic log')
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (wal === 0 && statSync(path).size < pageSize * header.readUInt32BE(28)) throw corrupt(path, 'is cut short')
}
