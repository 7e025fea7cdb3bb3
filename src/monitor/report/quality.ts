import { rangeOf } from '../../core/features/value_range.ts'
import { formatShare } from '../format.ts'
import { countPartBelow } from '../profile/pool_parts.ts'
import type { Profile } from '../profile/profile.ts'
import type { Hole, Timeline } from '../profile/timeline.ts'
import { compareLabels, type LabelShift } from './label_shift.ts'

/** What the stream counted on the way to the features, where the caller knows it. */
export interface StreamCounts {
  late?: number
  dead_letters?: number
  duplicates?: number
  /** Events with a time that cannot be. */
  rejected?: number
  crossed?: number
  /** Received less event time, milliseconds. */
  clock_skew_ms?: { median: number; p99: number }
}

export interface SideQuality {
  rows: number
  products: Timeline[]
  /** The longest stretches without rows. */
  holes: Hole[]
  /** Share of rows whose mid was carried from an earlier second. */
  carried_share: number | null
  constant_columns: string[]
  empty_columns: string[]
  nulls: { name: string; share: number }[]
  out_of_range: { name: string; count: number; fault: string }[]
}

export interface Quality {
  /** False when there is a fault. */
  passed: boolean
  /** What must be looked at before the data are used. */
  faults: string[]
  /** What a reader should know. */
  remarks: string[]
  reference: SideQuality
  current: SideQuality
  label: LabelShift
  stream: StreamCounts | null
}

/** Where quality fails: share of seconds with a row, growth of a column's share of nulls. */
const limits = { coverage: 0.5, nullGrowth: 0.2 }

/** @param names columns to be looked at, on both sides. */
export function checkQuality(
  reference: Profile,
  current: Profile,
  names: string[],
  options: {
    tau: Record<string, number> | null
    stream: StreamCounts | null
    /** Growth of a column's share of nulls that is a fault, where not the common one. */
    nullGrowth: (column: string) => number | undefined
  },
): Quality {
  const sides = { reference: describeQuality(reference, names), current: describeQuality(current, names) }
  const label = compareLabels(reference, current, options.tau)
  const faults: string[] = []
  const remarks: string[] = []
  for (const [name, side] of Object.entries(sides)) {
    for (const { name: column, count, fault } of side.out_of_range)
      faults.push(`${name}: ${count} values of ${column} are ${fault}`)
    for (const line of side.products) {
      const where = line.product ? `${name}, ${line.product}` : name
      if (line.coverage < limits.coverage)
        faults.push(`${where}: only ${formatShare(line.coverage)} of the seconds have a row`)
      if (line.repeated > 0) faults.push(`${where}: ${line.repeated} rows repeat a time`)
    }
  }
  const nullsBefore = new Map(sides.reference.nulls.map(({ name, share }) => [name, share]))
  for (const { name, share } of sides.current.nulls)
    if (share - nullsBefore.get(name)! >= (options.nullGrowth(name) ?? limits.nullGrowth))
      faults.push(`nulls of ${name} grew from ${formatShare(nullsBefore.get(name)!)} to ${formatShare(share)}`)
  for (const name of sides.reference.constant_columns)
    remarks.push(
      sides.current.constant_columns.includes(name)
        ? `${name} is constant on both sides`
        : `${name} is constant in the reference only`,
    )
  for (const name of sides.current.constant_columns)
    if (!sides.reference.constant_columns.includes(name)) remarks.push(`${name} has become constant`)
  if (label.current.labelled > 0 && label.current.positives === 0) remarks.push('the current side has no spike')
  if (label.reference.labelled > 0 && label.reference.positives === 0) remarks.push('the reference has no spike')
  return { passed: faults.length === 0, faults, remarks, ...sides, label, stream: options.stream }
}

function describeQuality(side: Profile, names: string[]): SideQuality {
  const quality: SideQuality = {
    rows: side.rows,
    ...side.timeline,
    carried_share: null,
    constant_columns: [],
    empty_columns: [],
    nulls: [],
    out_of_range: [],
  }
  for (const name of names) {
    const { nulls, outside, parts } = side.columns[name]
    const filled = parts.filter(part => part.n > 0)
    quality.nulls.push({ name, share: nulls / side.rows })
    if (filled.length === 0) quality.empty_columns.push(name)
    else if (filled.every(part => part.low === filled[0].low && part.high === filled[0].low))
      quality.constant_columns.push(name)
    if (outside > 0) quality.out_of_range.push({ name, count: outside, fault: rangeOf(name)!.fault })
    if (name === 'mid_age')
      quality.carried_share =
        filled.reduce((n, part) => n + part.n - countPartBelow(part, Number.MIN_VALUE), 0) / side.rows
  }
  return quality
}
