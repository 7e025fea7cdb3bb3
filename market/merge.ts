import type { FileKind } from './file_kind.ts'
import { type BronzeRecord, type RawCounts, readBronzeFile } from './raw_file.ts'

type BronzeFile = FileKind & { kind: 'bronze' }

/** A file being read: the batch at hand and the place in it. */
interface Open {
  path: string
  source: AsyncGenerator<BronzeRecord[]>
  batch: BronzeRecord[]
  at: number
}

const batchSize = 1024

/** Bronze files as one stream by (received_at, file, line). A file is opened only when its time has come. */
export async function* mergeBronze(files: BronzeFile[], counts: RawCounts): AsyncGenerator<BronzeRecord[]> {
  const waiting = files.toSorted((a, b) => a.received_at - b.received_at || (a.path < b.path ? -1 : 1))
  const open: Open[] = []
  try {
    let out: BronzeRecord[] = []
    while (waiting.length > 0 || open.length > 0) {
      let next = earliest(open)
      while (waiting.length > 0 && (next === null || waiting[0].received_at <= headOf(next).received_at)) {
        await openFile(waiting.shift()!, open, counts)
        next = earliest(open)
      }
      if (next === null) continue
      out.push(headOf(next))
      next.at++
      if (next.at === next.batch.length && !(await refill(next))) open.splice(open.indexOf(next), 1)
      if (out.length >= batchSize) {
        yield out
        out = []
      }
    }
    if (out.length > 0) yield out
  } finally {
    for (const { source } of open) await source.return(undefined)
  }
}

async function openFile(file: BronzeFile, open: Open[], counts: RawCounts): Promise<void> {
  const opened: Open = { path: file.path, source: readBronzeFile(file, counts), batch: [], at: 0 }
  if (await refill(opened)) open.push(opened)
}

async function refill(file: Open): Promise<boolean> {
  const { value, done } = await file.source.next()
  file.batch = done ? [] : value
  file.at = 0
  return !done
}

function headOf(file: Open): BronzeRecord {
  return file.batch[file.at]
}

function earliest(open: Open[]): Open | null {
  let first: Open | null = null
  for (const file of open) {
    if (first === null || isBefore(file, first)) first = file
  }
  return first
}

function isBefore(a: Open, b: Open): boolean {
  const difference = headOf(a).received_at - headOf(b).received_at
  return difference === 0 ? a.path < b.path : difference < 0
}
