import { describeShift, type Move } from './describe_shift.ts'
import { chooseEdges, describeSide, type SideOfColumn } from './describe_side.ts'
import { type ColumnType, isDistance, isDrift } from './evidently/choose.ts'
import { countDistinctOfBoth } from './evidently/clean.ts'
import { type EvidentlyScore, scoreNumbers } from './evidently/score.ts'
import { measureWasserstein, spreadFloor } from './evidently/wasserstein.ts'
import type { ColumnLimits } from './limits.ts'
import type { Part, Profile, ProfileColumn, Profiled } from './profile.ts'
import { type Pooled, poolParts } from './profile_column.ts'
import { compareScaleFree, distanceThreshold, type ProductColumn, type ScaleFree } from './scale_free.ts'
import { measureSpread, type Spread } from './spread.ts'
import { followColumn, type OverTime } from './windows.ts'

/** One column under both verdicts. */
export interface DriftColumn {
  name: string
  type: ColumnType
  /** Whether the model reads it; null where no model was named. */
  used_by_model: boolean | null
  /** As Evidently 0.7 judges it; score and test are null where it would stop with an error. */
  evidently: Partial<Omit<EvidentlyScore, 'score'>> & { score: number | null; drifted: boolean; note?: string }
  scale_free: ScaleFree & {
    /** Distance from which the column may drift. */
    threshold: number
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
  /** Largest error of the reference's share of values at or below any number; 0 where it kept all values. */
  rank_error: number
  over_time: OverTime
}

export interface ColumnContext {
  modelInputs: string[] | null
  seed: number
  limits: Record<string, ColumnLimits>
}

/** Evidently takes whole numbers with at most so many distinct values as categories. */
const categoriesUpTo = 10

/** Compares one column; `scale_free.verdict` stays `open` until the p-values of all columns are known. */
export function compareColumn(
  name: string,
  reference: Profile,
  current: Profiled,
  context: ColumnContext,
): DriftColumn {
  const [a, b] = [reference.columns[name], current.profile.columns[name]]
  const sides = { reference: poolParts(a), current: poolParts(b) }
  const { seed, limits } = context
  const empty = sides.reference.n === 0 ? 'reference' : sides.current.n === 0 ? 'current side' : null
  const edges = chooseEdges(sides.reference.sorted, sides.current.sorted)
  const pooled: Spread =
    sides.reference.n > 0
      ? measureSpread(sides.reference.sorted, sides.reference.deviation)
      : { kind: 'constant', value: 0 }
  const products = pairParts(a, b)
  const oneSidedOnly = !products.every(product => product.reference.n > 0 === product.current.n > 0)
  const nothing = empty ?? (oneSidedOnly ? 'one side of a product' : null)
  const { values } = current.side.columns[name]
  const free: ScaleFree =
    nothing === null
      ? compareScaleFree(products, { reference, values, clock: current.clock, seed })
      : { score: null, spread: [], p: null, block_s: reference.block_s, memory_s: null, note: holdsNothing(nothing) }
  const threshold = limits[name]?.distance ?? distanceThreshold
  const shift = describeShift(products, {
    reference: a.nulls / reference.rows,
    current: b.nulls / current.profile.rows,
  })
  const type = typeOf(a, b, sides)
  return {
    name,
    type,
    used_by_model: context.modelInputs?.includes(name) ?? null,
    evidently: empty
      ? { score: null, drifted: false, note: `Evidently stops with an error: the ${holdsNothing(empty)}` }
      : scoreColumn(sides, type, limits[name], { free: free.score, distance: sharedDistance(sides, products) }),
    scale_free: {
      ...free,
      ...(nothing !== null && { note: `the ${holdsNothing(nothing)}` }),
      threshold,
      p_adjusted: null,
      drifted: nothing !== null,
      verdict: nothing === null ? 'open' : 'drifted',
    },
    shift: shift.moved.length === 0 && (free.score ?? 0) >= threshold ? 'the shape changed' : shift.text,
    moved: shift.moved,
    edges,
    reference: describeSide(sides.reference, reference.rows, edges),
    current: describeSide(sides.current, current.profile.rows, edges),
    rank_error: sides.reference.rank_error,
    over_time: followColumn([...a.grids, ...b.grids], sides.reference.sorted, pooled),
  }
}

function holdsNothing(side: string): string {
  return `${side} holds nothing but nulls`
}

function typeOf(a: ProfileColumn, b: ProfileColumn, sides: Record<'reference' | 'current', Pooled>): ColumnType {
  const whole = [a, b].every(side => side.kind === 'integer' && side.nulls === 0)
  const distinct = whole
    ? countDistinctOfBoth(sides.reference.sorted, sides.current.sorted, categoriesUpTo + 1)
    : Number.POSITIVE_INFINITY
  return distinct <= categoriesUpTo ? 'cat' : 'num'
}

/** The products of both sides. */
function pairParts(a: ProfileColumn, b: ProfileColumn): ProductColumn[] {
  return a.parts.flatMap((reference: Part) => {
    const current = b.parts.find(part => part.product === reference.product)
    if (!current) return []
    const filled = reference.n > 0 && current.n > 0
    const spread: Spread =
      reference.n > 0
        ? measureSpread(reference.sorted, Math.sqrt(reference.squares / reference.n))
        : { kind: 'constant', value: 0 }
    const distance = filled ? measureWasserstein(reference.sorted, current.sorted) : 0
    return [{ product: reference.product, reference, current, spread, distance }]
  })
}

function scoreColumn(
  { reference, current }: Record<'reference' | 'current', Pooled>,
  type: ColumnType,
  limits: ColumnLimits | undefined,
  own: { free: number | null; distance?: number },
): DriftColumn['evidently'] {
  const { deviation } = reference
  const scored = scoreNumbers(reference.sorted, current.sorted, { type, deviation, distance: own.distance })
  const threshold = (isDistance(scored.test) ? limits?.evidently_distance : limits?.evidently_p) ?? scored.threshold
  const score = { ...scored, threshold, drifted: isDrift(scored.test, scored.score, threshold) }
  return addNote(score, deviation, own.free)
}

/** The distance that is known already where one product is all there is. */
function sharedDistance(
  { reference, current }: Record<'reference' | 'current', Pooled>,
  products: ProductColumn[],
): number | undefined {
  return products.find(
    product => product.reference.sorted === reference.sorted && product.current.sorted === current.sorted,
  )?.distance
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
