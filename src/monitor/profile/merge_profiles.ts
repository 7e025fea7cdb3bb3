import { SpikeError } from '../../errors.ts'
import { downsampleColumn, joinParts } from './join_parts.ts'
import type { ColumnPart, Profile, ProfileColumn } from './profile.ts'
import { windowsPerSide } from './time_windows.ts'
import { type Hole, holesListed, type Timeline } from './timeline.ts'

/**
 * The profile of all partitions together; no row may be in two of them. Scores are those of all rows, exact as long as a column
 * has at most 100,000 values; p-values rest on counts shared out to common knots. Of the windows twelve are kept.
 * @param resetSeconds a hole of so long is a new session.
 * @throws SpikeError BAD_TABLE, one line a fault: partitions without time, of other columns, spec or block length, or that overlap.
 */
export function mergeProfiles(profiles: Profile[], resetSeconds: number): Profile {
  if (profiles.length === 1) return profiles[0]
  const [first, ...others] = profiles
  const faults = others.flatMap(other => compare(first, other))
  for (const { name, timed } of profiles)
    if (!timed) faults.push(`${name}: its rows carry no time, so it cannot be merged; write it with a column time`)
  const timeline = mergeTimelines(profiles, resetSeconds, faults)
  if (faults.length > 0) throw new SpikeError('BAD_TABLE', faults)

  const keys = Float64Array.from(new Set(profiles.flatMap(({ keys }) => [...keys]))).sort()
  const placeOf = new Map(Array.from(keys, (key, i) => [key, i]))
  const places = profiles.map(profile => Array.from(profile.keys, key => placeOf.get(key)!))
  const filled = new Float64Array(keys.length)
  profiles.forEach((profile, k) => {
    for (const [block, seconds] of profile.filled.entries())
      filled[places[k][block]] = Math.min(first.block_s, filled[places[k][block]] + seconds)
  })
  const products: Record<string, number> = {}
  for (const profile of profiles)
    for (const [product, rows] of Object.entries(profile.products)) products[product] = (products[product] ?? 0) + rows
  const windows = profiles
    .flatMap((profile, k) => profile.windows.map((window, place) => ({ window, k, place })))
    .sort((a, b) => (a.window.from < b.window.from ? -1 : 1))
  const kept = windows.filter(
    (_, i) =>
      Math.floor((i * windowsPerSide) / windows.length) !== Math.floor(((i - 1) * windowsPerSide) / windows.length),
  )
  const mergeColumn = (name: string): ProfileColumn => {
    const columns = profiles.map(profile => profile.columns[name])
    const sum = (of: (column: ProfileColumn) => number): number =>
      columns.reduce((total, column) => total + of(column), 0)
    const parts = Object.keys(products).map((product): ColumnPart => {
      const placed = columns.flatMap((column, k) => {
        const part = column.parts.find(part => part.product === product)
        return part ? [{ part, place: places[k] }] : []
      })
      return joinParts(product, placed, keys.length)
    })
    return {
      kind: columns.every(column => column.kind === 'integer') ? 'integer' : 'double',
      nulls: sum(column => column.nulls),
      infinite: sum(column => column.infinite),
      outside: sum(column => column.outside),
      parts: downsampleColumn(parts),
      windowPercentiles: kept.map(({ k, place }) => columns[k].windowPercentiles[place]),
    }
  }
  return {
    ...first,
    name: `${first.name} and ${others.length} more`,
    simulated: profiles.some(profile => profile.simulated),
    rows: profiles.reduce((rows, profile) => rows + profile.rows, 0),
    products,
    keys,
    filled,
    windows: kept.map(({ window }) => window),
    timeline,
    columns: Object.fromEntries(Object.keys(first.columns).map(name => [name, mergeColumn(name)])),
  }
}

function compare(first: Profile, other: Profile): string[] {
  const faults: string[] = []
  const [has, wants] = [Object.keys(other.columns), Object.keys(first.columns)]
  const different = [...wants.filter(name => !has.includes(name)), ...has.filter(name => !wants.includes(name))]
  if (different.length > 0)
    faults.push(
      `${other.name}: has not the columns of ${first.name} (${different.join(', ')}); merge profiles of one table`,
    )
  if (other.spec_version !== first.spec_version)
    faults.push(
      `${other.name}: is of spec version ${other.spec_version}, ${first.name} of ${first.spec_version}; write both anew`,
    )
  if (other.block_s !== first.block_s)
    faults.push(`${other.name}: has blocks of ${other.block_s} s, ${first.name} of ${first.block_s} s; write both anew`)
  return faults
}

/** Rows of one product in order of time; the time between two partitions is a hole. */
function mergeTimelines(profiles: Profile[], resetSeconds: number, faults: string[]): Profile['timeline'] {
  const holes: Hole[] = profiles.flatMap(profile => profile.timeline.holes)
  const merged = new Map<string, Timeline>()
  const lines = profiles
    .flatMap(({ name, timeline }) => timeline.products.map(line => ({ name, line })))
    .sort((a, b) => (a.line.from < b.line.from ? -1 : 1))
  for (const { name, line } of lines) {
    const before = merged.get(line.product)
    if (!before) {
      merged.set(line.product, line)
      continue
    }
    if (line.from <= before.to)
      faults.push(
        `${name}: its rows of ${line.product || 'all products'} begin at ${line.from}, before another partition ends (${before.to}); a row may stand in one only`,
      )
    const seconds = Math.max(0, (Date.parse(line.from) - Date.parse(before.to)) / 1000 - 1)
    const hole = { product: line.product, from: before.to, to: line.from, seconds, reset: seconds >= resetSeconds }
    if (seconds >= 1) holes.push(hole)
    const secondsOf = ({ from, to }: Timeline): number => (Date.parse(to) - Date.parse(from)) / 1000 + 1
    merged.set(line.product, {
      ...before,
      rows: before.rows + line.rows,
      to: line.to,
      coverage:
        (before.coverage * secondsOf(before) + line.coverage * secondsOf(line)) / secondsOf({ ...before, to: line.to }),
      holes: before.holes + line.holes + (seconds >= 1 ? 1 : 0),
      resets: before.resets + line.resets + (seconds >= 1 && hole.reset ? 1 : 0),
      repeated: before.repeated + line.repeated,
    })
  }
  holes.sort((a, b) => b.seconds - a.seconds)
  return { products: [...merged.values()], holes: holes.slice(0, holesListed) }
}
