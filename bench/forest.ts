import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forestOf, scoreRow, type TreeTables } from '../src/core/indicators/isolation_forest/forest.ts'
import { growForest } from '../src/core/indicators/isolation_forest/grow.ts'
import { pageForest, RollingForest } from '../src/core/indicators/isolation_forest/rolling_forest.ts'
import { maximum, minimum } from '../src/core/math/extremes.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { type BenchResult, cpuSeconds } from './measure.ts'

const [rows, columns, repetitions] = [1000, 6, 20]

/** What scikit-learn took, in CPU seconds, and its trees. */
interface Measured {
  version: string
  fit: number[]
  one_row: number[]
  three_calls: number[]
  batch_row: number[]
  trees: TreeTables[]
  scores: number[]
}

/**
 * Isolation Forest of 100 trees of 256 of 1,000 rows of 6 columns, made up: CPU time of a training, of an event that is standardised,
 * scored and judged, and of the same in scikit-learn, one row at a time and all at once. `ratio` is scikit-learn's `score_samples` of one
 * row over ours: 500 is the gate; 8 µs an event and 20 ms a training are others.
 */
export async function benchForest(): Promise<BenchResult> {
  const random = seededRandom(60)
  const table = Array.from({ length: rows }, () =>
    Float32Array.from({ length: columns }, () => random() + random() + random() - 1.5),
  )
  const theirs = await measureSklearn(table)
  const byColumn = Array.from({ length: columns }, (_, column) => Float32Array.from(table, row => row[column]))
  const { trees, sample } = pageForest
  const training = best(() => growForest(byColumn, { trees, sample, seed: 60 }))
  const forest = forestOf(theirs.trees, sample)
  const scores = table.map(row => scoreRow(forest, row))
  const row = best(() => table.map(one => scoreRow(forest, one))) / rows
  const event = measureEvents(table)
  const oneRow = minimum(theirs.one_row)
  return {
    ...{
      name: 'forest',
      ratio: Math.round(oneRow / row),
      ratios: { training: rounded(minimum(theirs.fit) / training) },
    },
    microseconds: {
      ...{
        row: rounded(1e6 * row),
        event: rounded(1e6 * event.scored),
        event_with_trainings: rounded(1e6 * event.all),
      },
      ...{ sklearn_row: rounded(1e6 * oneRow), sklearn_three_calls: rounded(1e6 * minimum(theirs.three_calls)) },
      sklearn_row_of_batch: rounded(1e6 * minimum(theirs.batch_row)),
    },
    training_ms: { ours: rounded(1e3 * training), sklearn: rounded(1e3 * minimum(theirs.fit)) },
    largest_difference: maximum(scores.map((score, i) => Math.abs(score - theirs.scores[i]))),
    ...{ rows, columns, repetitions, simulated: true, sklearn: theirs.version, node: process.version },
    load: loadavg().map(load => Math.round(load)),
  }
}

/** CPU seconds of an event of the running model: without and with the trainings that come up, one in 500 events. */
function measureEvents(table: Float32Array[]): { scored: number; all: number } {
  const events = table.map(row => Float64Array.from(row))
  const { window, every } = pageForest
  const warm = (): RollingForest => {
    const forest = new RollingForest()
    for (const event of events) forest.push(event)
    forest.push(events[0])
    return forest
  }
  const scored = minimum(
    Array.from({ length: repetitions }, () => {
      const forest = warm()
      return cpuSeconds(() => {
        for (let i = 1; i < every; i++) forest.push(events[i])
      })
    }),
  )
  const all = minimum(
    Array.from({ length: repetitions }, () => {
      const forest = warm()
      return cpuSeconds(() => {
        for (let i = 0; i < window; i++) forest.push(events[i])
      })
    }),
  )
  return { scored: scored / (every - 1), all: all / window }
}

/** CPU seconds of the fastest of some runs, after one that does not count. */
function best(work: () => unknown): number {
  work()
  return minimum(Array.from({ length: repetitions }, () => cpuSeconds(() => void work())))
}

async function measureSklearn(table: Float32Array[]): Promise<Measured> {
  const { python } = await ensurePythonEnv()
  const folder = mkdtempSync(join(tmpdir(), 'bench-forest-'))
  try {
    const [path, out] = [join(folder, 'rows.f32'), join(folder, 'measured.json')]
    writeFileSync(path, Buffer.concat(table.map(row => Buffer.from(row.buffer))))
    const script = fileURLToPath(new URL('forest_sklearn.py', import.meta.url))
    execFileSync(python, [script, path, String(columns), out], { stdio: ['ignore', 'ignore', 'inherit'] })
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
