import { seededRandom } from '../../math/random.ts'
import { intervalOf } from '../metrics/bootstrap.ts'
import type { Paired } from '../metrics/paired.ts'
import { ewma, persistence } from '../recipes/rules.ts'
import type { FileFigures, JudgedFile } from './judged_files.ts'

/** A ratio a file, averaged over files: 95 % interval by drawing whole files, and the file where it is worst. */
export interface OverFiles extends Paired {
  worst: number
  worst_file: string
}

export interface ModelOverFiles {
  /** PR-AUC over that of EWMA 120 s. */
  pr_auc_ratio: OverFiles | null
  /** Within-block average precision over that of 60-s persistence. */
  within_ratio: OverFiles | null
  /** RMSE of ln sigma over that of EWMA 120 s: below 1 is better. */
  rmse_ratio: OverFiles | null
  brier_skill: OverFiles | null
}

/** Files below which no interval is given: resamples of two or three say nothing. */
const fewFiles = 4

/** Every model over all files, each file as heavy as another; null where no file has the figure. */
export function judgeOverFiles(files: JudgedFile[], { samples, seed }: { samples: number; seed: number }) {
  const names = [...new Set(files.flatMap(({ models }) => Object.keys(models)))]
  const over = (of: (models: Record<string, FileFigures>) => number | null, isLowBad: boolean) =>
    overFiles(
      files.map(({ file, models }) => ({ file, value: of(models) })),
      isLowBad,
      { samples, seed },
    )
  const ratio = (a: number | null | undefined, b: number | null | undefined) =>
    a == null || b == null || b === 0 ? null : a / b
  return Object.fromEntries(
    names.map((name): [string, ModelOverFiles] => [
      name,
      {
        pr_auc_ratio: over(m => ratio(m[name]?.pr_auc, m[ewma.name].pr_auc), true),
        within_ratio: over(m => ratio(m[name]?.within_10, m[persistence.name].within_10), true),
        rmse_ratio: over(m => ratio(m[name]?.rmse_ln_sigma, m[ewma.name].rmse_ln_sigma), false),
        brier_skill: over(m => m[name]?.brier_skill ?? null, true),
      },
    ]),
  )
}

function overFiles(
  all: { file: string; value: number | null }[],
  isLowBad: boolean,
  { samples, seed }: { samples: number; seed: number },
): OverFiles | null {
  const known = all.flatMap(({ file, value }) => (value === null ? [] : [{ file, value }]))
  if (known.length === 0) return null
  const random = seededRandom(seed)
  const drawn = Float64Array.from({ length: samples }, () => {
    let sum = 0
    for (let i = 0; i < known.length; i++) sum += known[Math.floor(random() * known.length)].value
    return sum / known.length
  })
  const interval = known.length < fewFiles ? null : intervalOf(drawn)
  const worst = known.reduce((a, b) => (isLowBad === b.value < a.value ? b : a))
  return {
    value: known.reduce((sum, { value }) => sum + value, 0) / known.length,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    worst: worst.value,
    worst_file: worst.file,
  }
}
