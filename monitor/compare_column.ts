import type { Clockwork } from './blocks.ts'
import { describeShift, type Move } from './describe_shift.ts'
import { chooseEdges, describeSide, type SideOfColumn } from './describe_side.ts'
import type { ColumnType } from './evidently/choose.ts'
import { cleanNumbers, countDistinctOfBoth } from './evidently/clean.ts'
import { type EvidentlyScore, scoreNumbers } from './evidently/score.ts'
import { populationDeviation, spreadFloor } from './evidently/wasserstein.ts'
import { type Products, sortByGroup } from './products.ts'
import type { Side } from './read_columns.ts'
import { compareScaleFree, distanceThreshold, type ProductColumn, type ScaleFree } from './scale_free.ts'
import { measureSpread, type Spread } from './spread.ts'
import { type cutWindows, followColumn, type OverTime, valuesIn } from './windows.ts'

/** One column under both verdicts. */
export interface DriftColumn {
  name: string
  type: ColumnType
  /** Whether the model reads it; null where no model was named. */
  used_by_model: boolean | null
  /** As Evidently 0.7 judges it; score and test are null where it would stop with an error. */
  evidently: Partial<Omit<EvidentlyScore, 'score'>> & { score: number | null; drifted: boolean; note?: string }
  scale_free: ScaleFree & {
    /** p after the adjustment for the number of columns. */
    p_adjusted: number | null
    drifted: boolean
    /** `undecided`: far apart, but too few independent stretches of time to tell. */
    verdict: 'drifted' | 'stable' | 'undecided' | 'open'
  }
  shift: string
  moved: Move[]
  edges: number[]
  reference: SideOfColumn
  current: SideOfColumn
  over_time: OverTime
}

export interface ColumnContext {
  modelInputs: string[] | null
  blockSeconds: number
  seed: number
  windows: ReturnType<typeof cutWindows>
  clocks: { reference: Clockwork; current: Clockwork }
  products: Products
}

/** Evidently takes whole numbers with at most so many distinct values as categories. */
const categoriesUpTo = 10

/** Compares one column; `scale_free.verdict` stays `open` until the p-values of all columns are known. */
export function compareColumn(name: string, reference: Side, current: Side, context: ColumnContext): DriftColumn {
  const [a, b] = [reference.columns[name], current.columns[name]]
  const sorted = { reference: cleanNumbers(a.values), current: cleanNumbers(b.values) }
  const empty = sorted.reference.length === 0 ? 'reference' : sorted.current.length === 0 ? 'current side' : null
  const whole = [a, b].every(side => side.kind === 'integer' && !side.values.some(Number.isNaN))
  const type: ColumnType =
    whole && countDistinctOfBoth(sorted.reference, sorted.current) <= categoriesUpTo ? 'cat' : 'num'
  const edges = chooseEdges(sorted.reference, sorted.current)
  const products = splitByProduct(a.values, b.values, context.products)
  const shared = products.every(product => product.reference.length > 0 === product.current.length > 0)
  const scale_free: ScaleFree =
    empty || !shared
      ? oneSided(empty ?? 'one side of a product', context.blockSeconds)
      : compareScaleFree(
          { values: a.values, group: context.products.reference, clock: context.clocks.reference },
          { values: b.values, group: context.products.current, clock: context.clocks.current },
          products,
          context,
        )
  const oneSidedOnly = empty !== null || !shared
  const pooled = sorted.reference.length > 0 ? measureSpread(sorted.reference) : noSpread
  const shift = describeShift(products, {
    reference: 1 - sorted.reference.length / reference.rows,
    current: 1 - sorted.current.length / current.rows,
  })
  return {
    name,
    type,
    used_by_model: context.modelInputs?.includes(name) ?? null,
    evidently: empty
      ? { score: null, drifted: false, note: `Evidently stops with an error: the ${empty} holds nothing but nulls` }
      : addNote(
          scoreNumbers(sorted.reference, sorted.current, type),
          populationDeviation(sorted.reference),
          scale_free.score,
        ),
    scale_free: { ...scale_free, p_adjusted: null, drifted: oneSidedOnly, verdict: oneSidedOnly ? 'drifted' : 'open' },
    shift: shift.moved.length === 0 && (scale_free.score ?? 0) >= distanceThreshold ? 'the shape changed' : shift.text,
    moved: shift.moved,
    edges,
    reference: describeSide(sorted.reference, reference.rows, edges),
    current: describeSide(sorted.current, current.rows, edges),
    over_time: followColumn(
      context.windows.map(({ window, rows }) => valuesIn((window.side === 'reference' ? a : b).values, rows)),
      sorted.reference,
      pooled,
    ),
  }
}

const noSpread: Spread = { kind: 'constant', value: 0 }

function splitByProduct(reference: Float64Array, current: Float64Array, products: Products): ProductColumn[] {
  const sides = [
    sortByGroup(reference, products.reference, products.names.length),
    sortByGroup(current, products.current, products.names.length),
  ]
  return products.names.map((product, i) => ({ product, reference: sides[0][i], current: sides[1][i] }))
}

function oneSided(empty: string, block_s: number): ScaleFree {
  return { score: null, spread: [], p: null, block_s, memory_s: null, note: `the ${empty} holds nothing but nulls` }
}

/** Says where the floor of 0.001 hides a column of small scale. */
function addNote(score: EvidentlyScore, deviation: number, own: number | null): DriftColumn['evidently'] {
  if (score.test !== 'wasserstein' || deviation >= spreadFloor || deviation === 0) return score
  const unhidden = (score.score * spreadFloor) / deviation
  if (score.drifted || unhidden < score.threshold)
    return {
      ...score,
      note: `scale below Evidently's floor of ${spreadFloor}: its score is ${own === null ? 'of little use' : 'too small'}`,
    }
  return {
    ...score,
    note: `hidden by Evidently's floor: it divides by ${spreadFloor}, the column's standard deviation is ${deviation.toExponential(1)}; over that the score is ${unhidden.toFixed(2)}`,
  }
}
