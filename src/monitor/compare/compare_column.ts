import type { ColumnType } from '../evidently/choose.ts'
import { countDistinctOfBoth } from '../evidently/clean.ts'
import { measureWasserstein } from '../evidently/wasserstein.ts'
import { chooseEdges, describeSide, type SideOfColumn } from '../profile/describe_side.ts'
import { type PooledColumn, poolParts } from '../profile/pool_parts.ts'
import type { ColumnPart, Profile, ProfileColumn, ProfiledSide } from '../profile/profile.ts'
import { type ColumnKind, kindOfColumn } from './column_kind.ts'
import type { ColumnLimits } from './column_limits.ts'
import { describeShift, type ShiftKind } from './describe_shift.ts'
import { followColumn, type OverTime } from './over_time.ts'
import { measureRobustSpread, type RobustSpread } from './robust_spread.ts'
import { compareScaleFree, distanceThreshold, type ProductColumn, type ScaleFree } from './scale_free.ts'
import { type ColumnScore, scoreColumn, sharedDistance } from './score_column.ts'

/** One column under both verdicts. */
export interface DriftColumn {
  name: string
  type: ColumnType
  /** Columns of calendar and coverage are no part of the share of drifted columns. */
  kind: ColumnKind
  /** Whether the model reads it; null where no model was named. */
  used_by_model: boolean | null
  evidently: ColumnScore
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
  moved: ShiftKind[]
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
  current: ProfiledSide,
  context: ColumnContext,
): DriftColumn {
  const [a, b] = [reference.columns[name], current.profile.columns[name]]
  const sides = { reference: poolParts(a), current: poolParts(b) }
  const { seed, limits } = context
  const empty = sides.reference.n === 0 ? 'reference' : sides.current.n === 0 ? 'current side' : null
  const edges = chooseEdges(sides.reference.sorted, sides.current.sorted)
  const pooled: RobustSpread =
    sides.reference.n > 0
      ? measureRobustSpread(sides.reference.sorted, sides.reference.deviation)
      : { kind: 'constant', value: 0 }
  const products = pairParts(a, b)
  const oneSidedOnly = !products.every(product => product.reference.n > 0 === product.current.n > 0)
  const nothing = empty ?? (oneSidedOnly ? 'one side of a product' : null)
  const { values } = current.side.columns[name]
  const free: ScaleFree =
    nothing === null
      ? compareScaleFree(products, { reference, values, times: current.times, seed })
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
    kind: kindOfColumn(name),
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
    over_time: followColumn([...a.windowPercentiles, ...b.windowPercentiles], sides.reference.sorted, pooled),
  }
}

function holdsNothing(side: string): string {
  return `${side} holds nothing but nulls`
}

function typeOf(a: ProfileColumn, b: ProfileColumn, sides: Record<'reference' | 'current', PooledColumn>): ColumnType {
  const whole = [a, b].every(side => side.kind === 'integer' && side.nulls === 0)
  const distinct = whole
    ? countDistinctOfBoth(sides.reference.sorted, sides.current.sorted, categoriesUpTo + 1)
    : Number.POSITIVE_INFINITY
  return distinct <= categoriesUpTo ? 'cat' : 'num'
}

/** The products of both sides. */
function pairParts(a: ProfileColumn, b: ProfileColumn): ProductColumn[] {
  return a.parts.flatMap((reference: ColumnPart) => {
    const current = b.parts.find(part => part.product === reference.product)
    if (!current) return []
    const filled = reference.n > 0 && current.n > 0
    const spread: RobustSpread =
      reference.n > 0
        ? measureRobustSpread(reference.sorted, Math.sqrt(reference.squares / reference.n))
        : { kind: 'constant', value: 0 }
    const distance = filled ? measureWasserstein(reference.sorted, current.sorted) : 0
    return [{ product: reference.product, reference, current, spread, distance }]
  })
}
