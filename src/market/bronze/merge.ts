import type { BronzeRecord } from './record.ts'

/** Records of one file in their order, and when its first one was received. */
export interface Source<R extends BronzeRecord> {
  path: string
  received_at: number
  open(): AsyncGenerator<R[]>
}

/** A file being read: the batch at hand and the place in it. */
interface Open<R> {
  path: string
  source: AsyncGenerator<R[]>
  batch: R[]
  at: number
}

const batchSize = 1024

/** Bronze files as one stream by (received_at, file, line). A file is opened only when its time has come. */
export async function* mergeBronze<R extends BronzeRecord>(sources: Source<R>[]): AsyncGenerator<R[]> {
  const waiting = sources.toSorted((a, b) => a.received_at - b.received_at || (a.path < b.path ? -1 : 1))
  const open: Open<R>[] = []
  try {
    let out: R[] = []
    while (waiting.length > 0 || open.length > 0) {
      let next = earliest(open)
      while (waiting.length > 0 && (next === null || waiting[0].received_at <= headOf(next).received_at)) {
        await openSource(waiting.shift()!, open)
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

async function openSource<R>(source: { path: string; open(): AsyncGenerator<R[]> }, open: Open<R>[]): Promise<void> {
  const opened: Open<R> = { path: source.path, source: source.open(), batch: [], at: 0 }
  if (await refill(opened)) open.push(opened)
}

async function refill<R>(file: Open<R>): Promise<boolean> {
  const { value, done } = await file.source.next()
  file.batch = done ? [] : value
  file.at = 0
  return !done
}

function headOf<R>(file: Open<R>): R {
  return file.batch[file.at]
}

function earliest<R extends BronzeRecord>(open: Open<R>[]): Open<R> | null {
  let first: Open<R> | null = null
  for (const file of open) {
    if (first === null || isBefore(file, first)) first = file
  }
  return first
}

function isBefore<R extends BronzeRecord>(a: Open<R>, b: Open<R>): boolean {
  const difference = headOf(a).received_at - headOf(b).received_at
  return difference === 0 ? a.path < b.path : difference < 0
}
