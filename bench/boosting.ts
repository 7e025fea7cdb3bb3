import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../src/core/math/random.ts'
import { type BoostingSettings, fitBoosting } from '../src/core/models/fit/boosting.ts'
import { boostingScores } from '../src/core/models/fit/ensemble.ts'
import { rocAuc } from '../src/core/models/metrics/metrics.ts'
import { SpikeError } from '../src/errors.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { type BenchResult, cpuSeconds } from './measure.ts'

const rows = 40_000
const width = 40
const repetitions = 3
const settings: BoostingSettings = {
  objective: 'log_loss',
  rounds: 100,
  leaves: 31,
  learningRate: 0.1,
  leastRows: 20,
  l2: 0,
}

/**
 * Our booster and LightGBM on one thread, in turns, on the same seeded rows and settings; half as many rows more judge both.
 * `ratio` is our CPU seconds over LightGBM's, so lower is better; `ratios.speed` is its inverse.
 */
export async function benchBoosting(): Promise<BenchResult> {
  const { python } = await ensurePythonEnv()
  const train = drawRows(rows, 1)
  const judged = drawRows(rows / 2, 2)
  const folder = mkdtempSync(join(tmpdir(), 'spike60-boosting-'))
  try {
    for (const [name, { columns, labels }] of Object.entries({ train, judged })) {
      writeFileSync(join(folder, `${name}_x.f32`), Buffer.concat(columns.map(column => Buffer.from(column.buffer))))
      writeFileSync(join(folder, `${name}_y.u8`), labels)
    }
    let auc = 0
    const trainOnce = (): void => {
      const ensemble = fitBoosting(train.columns, train.labels, settings)
      auc = rocAuc(judged.labels, boostingScores(ensemble, judged.columns, judged.labels.length))
    }
    trainOnce()
    const ours: number[] = []
    const theirs: { seconds: number; auc: number; version: string }[] = []
    for (let i = 0; i < repetitions; i++) {
      ours.push(cpuSeconds(() => void fitBoosting(train.columns, train.labels, settings)))
      theirs.push(runLightGbm(python, folder))
    }
    const own = Math.min(...ours)
    const lightgbm = Math.min(...theirs.map(({ seconds }) => seconds))
    return {
      name: 'boosting',
      ratio: round(own / lightgbm),
      ratios: { speed: round(lightgbm / own) },
      rows,
      columns: width,
      rounds: settings.rounds,
      leaves: settings.leaves,
      seconds: { ours: round(own), lightgbm: round(lightgbm) },
      auc: { ours: auc, lightgbm: theirs[0].auc, difference: auc - theirs[0].auc },
      lightgbm: theirs[0].version,
      timed: `binning and training, CPU seconds, the least of ${repetitions} runs in turns`,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runLightGbm(python: string, folder: string): { seconds: number; auc: number; version: string } {
  const script = fileURLToPath(new URL('./lightgbm_run.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [script, folder, String(width)], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new SpikeError('TOOL_MISSING', `LightGBM did not run: ${stderr.trim().split('\n').at(-1)}`)
  return JSON.parse(stdout)
}

/** Labels from a linear part, an interaction, a step and a square of a few columns; a twentieth of the values is null. */
function drawRows(count: number, seed: number): { columns: Float32Array[]; labels: Uint8Array } {
  const random = seededRandom(seed)
  const columns = Array.from({ length: width }, () =>
    Float32Array.from({ length: count }, () => (random() < 0.05 ? Number.NaN : 2 * (random() + random() - 1))),
  )
  const at = (column: number, row: number): number => columns[column][row] || 0
  const labels = Uint8Array.from({ length: count }, (_, row) => {
    const step = at(3, row) > 0.5 ? 0.7 : 0
    const logit = at(0, row) + at(1, row) * at(2, row) + step - at(4, row) ** 2 / 2 - 0.4
    return random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0
  })
  return { columns, labels }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
