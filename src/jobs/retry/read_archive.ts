import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SpikeError } from '../../errors.ts'
import { kindOf } from '../../files/place.ts'
import { readTable } from '../../stores/read_table.ts'
import { refusedTable } from '../../stores/tables.ts'
import type { Incoming, Position } from '../../streams/port.ts'
import { isStore } from './archive.ts'

const lettersAtOnce = 1000

/** What an archive is called where its position stands: without a login, and from wherever it is named. */
export function archiveName(place: string): string {
  if (!isStore(place)) return resolve(place)
  if (place.startsWith('sqlite:')) return `sqlite:${resolve(place.slice('sqlite:'.length))}`
  const { protocol, host, pathname } = new URL(place)
  return `${protocol}//${host}${pathname}`
}

/**
 * The letters of a topic that an archive holds, as they stood there, in the order of their offsets within a partition.
 * @param start of each partition; what lies before it is left out.
 * @throws SpikeError as `readTable`; BAD_FILE where a folder, or a file in it, is none of an archive.
 */
export async function* readArchive(place: string, topic: string, start: Position[]): AsyncGenerator<Incoming[]> {
  const offsetOf = new Map(start.map(({ partition, offset }) => [partition, offset]))
  for await (const batch of isStore(place) ? readRows(place, topic) : readFiles(place, topic)) {
    const due = batch.filter(({ partition, offset }) => offset >= (offsetOf.get(partition) ?? 0))
    if (due.length > 0) yield due
  }
}

async function* readRows(place: string, of: string): AsyncGenerator<Incoming[]> {
  for await (const rows of readTable(place, refusedTable, lettersAtOnce)) {
    const archived = rows.filter(({ topic, reason }) => topic === of && String(reason).startsWith('given up: '))
    yield archived.map(({ partition, record_offset, value }) => {
      // Redshift keeps digits.
      const bytes = typeof value === 'string' ? Buffer.from(value, 'hex') : Buffer.from(value as Uint8Array)
      return letterOf({ topic: of, partition: Number(partition), offset: Number(record_offset) }, bytes)
    })
  }
}

function* readFiles(folder: string, of: string): Generator<Incoming[]> {
  if (kindOf(folder) !== 'folder')
    throw new SpikeError('BAD_FILE', `${folder} is no folder; name one that redrive --every has filled`)
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
  const found = paths.flatMap(name => {
    const path = join(folder, name)
    const letter = placeOf(path)
    return letter.topic === of ? [{ path, letter }] : []
  })
  found.sort((a, b) => a.letter.partition - b.letter.partition || a.letter.offset - b.letter.offset)
  for (let from = 0; from < found.length; from += lettersAtOnce)
    yield found.slice(from, from + lettersAtOnce).map(({ path, letter }) => letterOf(letter, readFileSync(path)))
}

function placeOf(path: string): Position {
  try {
    const { letter } = JSON.parse(readFileSync(path, 'utf8'))
    return { topic: letter.topic, partition: letter.partition, offset: letter.offset }
  } catch (cause) {
    throw new SpikeError('BAD_FILE', `${path} is no letter that redrive --every has put there; move it away`, { cause })
  }
}

/** The letter without what archiving added; one of which the store kept the beginning alone stays as it is. */
function letterOf(place: Position, text: Buffer): Incoming {
  const record = { ...place, key: '', value: text }
  try {
    const { letter: _, retry_count, first_failed_at, last_failed_at, ...told } = JSON.parse(text.toString())
    return { ...record, key: told.key ?? '', value: Buffer.from(JSON.stringify(told)) }
  } catch {
    return record
  }
}
