import { SpikeError } from '../../src/errors.ts'
import { type FeatureTable, featureNames } from '../../src/library/features.ts'
import type { Answer, Question, Rows } from './messages.ts'
import { replayFile } from './replay_file.ts'
import { seriesOf } from './series.ts'

/** Progress is told so often at most. */
const everyMs = 100

let table: FeatureTable | null = null

self.onmessage = ({ data }: MessageEvent<Question>) => answer(data)

function say(message: Answer): void {
  self.postMessage(message)
}

async function answer(question: Question): Promise<void> {
  try {
    if (question.kind === 'file') await takeFile(question)
    else if (table !== null) say(lookUp(table, question))
  } catch (error) {
    if (!(error instanceof SpikeError)) console.error(error)
    say({ kind: 'failed', faults: error instanceof SpikeError ? error.faults : [describe(error)] })
  }
}

function describe(error: unknown): string {
  const { message } = error as Error
  return error instanceof RangeError
    ? `the rows do not fit into this browser's memory (${message}); take a part of the file, or npm run replay`
    : `this page failed (${message}); npm run replay does the same`
}

async function takeFile({ file, products }: Question & { kind: 'file' }): Promise<void> {
  let told = 0
  const done = await replayFile(file, products, (bytes, events) => {
    if (performance.now() - told < everyMs) return
    told = performance.now()
    say({ kind: 'progress', bytes, events })
  })
  table = done.table
  say({ kind: 'summary', summary: done.summary })
}

function lookUp(rows: FeatureTable, question: Exclude<Question, { kind: 'file' }>): Answer {
  const { product } = question
  const start = rows.product.indexOf(product)
  const end = rows.product.lastIndexOf(product) + 1
  if (question.kind === 'rows') {
    const from = start + question.from
    return { kind: 'rows', product, rows: takeSome(rows, from, Math.min(end, from + question.count), question.from) }
  }
  const { feature, place } = question
  return { kind: 'series', place, feature, series: seriesOf(rows.time, rows.columns[feature], start, end) }
}

function takeSome(rows: FeatureTable, start: number, end: number, from: number): Rows {
  const indices = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
  return {
    from,
    times: indices.map(row => rows.time[row]),
    values: indices.map(row => featureNames.map(name => rows.columns[name][row])),
  }
}
