import { volatilityFloor } from '../../features/feature.ts'
import type { FeatureTable } from '../../features/table.ts'
import { groupIndices } from '../../math/group_indices.ts'
import { log, logAbove, square } from '../../math/numeric.ts'
import { ewma } from '../recipes/rules.ts'
import { decayingMean } from './decaying.ts'

/** What a correction of EWMA 120 s may know of each row, all of it relative: no price, no product, no level of its day. */
export interface AnchorTerms {
  /** ln of the baseline, floored; one a row of the table. */
  anchor: Float64Array
  names: string[]
  /** A column a name, NaN for null; 0 says mostly: as the baseline has it. */
  columns: Float32Array[]
}

/** Half-lives in seconds: own memory far beyond the 20 minutes that a row of the feature file has. */
const halfLives = [10, 30, 60, 120, 300, 600, 1800, 3600, 14_400]
const windows = [10, 30, 60, 300, 900]
const marks = [5, 15, 60]
const halfPi = 1.5707963267948966

/** Lowest ln of a part to a whole that is told apart; still seconds give parts of 0. */
const lowest = -4

/**
 * The terms of every row, from the row and earlier rows of its product alone. Half-lives beyond 20 minutes see across silences,
 * which pass as time. @param table rows sorted by (product, time).
 */
export function anchorTerms(table: FeatureTable): AnchorTerms {
  const products = groupIndices(table.rows, row => table.product[row])
  const anchor = new Float64Array(table.rows)
  const columns: Float32Array[] = []
  let names: string[] = []
  for (const rows of products.values()) {
    const { base, terms } = termsOf(table, rows)
    names = Object.keys(terms)
    rows.forEach((row, i) => {
      anchor[row] = base[i]
    })
    for (const [j, name] of names.entries()) {
      columns[j] ??= new Float32Array(table.rows)
      rows.forEach((row, i) => {
        columns[j][row] = terms[name][i]
      })
    }
  }
  return { anchor, names, columns }
}

function termsOf({ time, columns }: FeatureTable, rows: ArrayLike<number>) {
  const take = (name: string) => Float64Array.from(rows, row => columns[name][row])
  const seconds = Float64Array.from(rows, row => time[row] / 1e6)
  const mean = (values: Float64Array, halfLife: number) => decayingMean(values, seconds, halfLife)
  const returns = take('return_1s')
  const sizes = returns.map(Math.abs)
  const bipower = sizes.map((size, i) =>
    i > 0 && seconds[i] - seconds[i - 1] === 1 ? halfPi * size * sizes[i - 1] : Number.NaN,
  )
  const still = returns.map(value => (Number.isNaN(value) ? Number.NaN : value === 0 ? 1 : 0))
  const rate = take('ticks_10s').map(count => count / 10)
  const [now, lately, long] = [10, 120, 1800].map(halfLife => mean(rate, halfLife))
  const own = Object.fromEntries(halfLives.map(h => [h, logs(mean(returns.map(square), h).map(Math.sqrt))]))
  const inputs = ewma.inputs.map(take)
  const known = seconds.map((_, i) => inputs.find(values => !Number.isNaN(values[i]))?.[i] ?? Number.NaN)
  const base = logs(known).map((value, i) => (Number.isNaN(value) ? orFloor(own[120][i]) : value))
  const toBase = (values: Float64Array, over_s = 1) => {
    const share = log(over_s) / 2
    return values.map((value, i) => Math.max(value - base[i] - share, lowest))
  }
  const less = (a: Float64Array, b: Float64Array) => a.map((value, i) => Math.max(value - b[i], lowest))
  const rateRatio = (a: Float64Array, b: Float64Array) => a.map((value, i) => log((value + 0.01) / (b[i] + 0.01)))
  const changes = [take('mid_changes_60s'), take('mid_changes_300s')]
  const terms: Record<string, Float64Array> = {
    ...named(halfLives, 'ewma', h => toBase(own[h])),
    ...named(windows, 'volatility', w => toBase(logs(take(`volatility_${w}s`)))),
    ...named([30, 120, 600], 'mean_abs', h => less(logs(mean(sizes, h)), own[h])),
    ...named([60, 300], 'bipower', h => less(logs(mean(bipower, h).map(Math.sqrt)), own[h])),
    ...named([30, 120, 600], 'still', h => mean(still, h)),
    ...named([60, 300], 'range', w => toBase(logs(take(`parkinson_${w}s`)), w)),
    ...named([60, 300], 'move', w => toBase(logs(take(`abs_return_${w}s`)), w)),
    volatility_of_volatility: toBase(logs(take('volatility_of_volatility_300s'))),
    zscore: take('volatility_zscore_900s').map(value => Math.min(Math.max(value, lowest), 8)),
    ticks: rateRatio(now, lately),
    ticks_long: rateRatio(lately, long),
    mid_changes: changes[0].map((count, i) => log((5 * count + 1) / (changes[1][i] + 1))),
    width: toBase(logs(take('bollinger_width_1200s')), 19_200),
    ...named(marks, 'mark_ahead', minutes => seconds.map(at => (60 * minutes - (at % (60 * minutes)) <= 60 ? 1 : 0))),
    ...named(marks, 'mark_near', minutes => seconds.map(at => nearness(at % (60 * minutes), 60 * minutes))),
  }
  return { base, terms }
}

/** 1 at a mark, falling to 0 a minute from it. */
function nearness(since: number, period: number): number {
  return Math.max(0, 1 - Math.min(since, period - since) / 60)
}

function named(over: number[], name: string, of: (value: number) => Float64Array): Record<string, Float64Array> {
  return Object.fromEntries(over.map(value => [`${name}_${value}`, of(value)]))
}

const logs = (values: Float64Array) =>
  values.map(value => (Number.isNaN(value) ? Number.NaN : logAbove(value, volatilityFloor)))
const orFloor = (value: number): number => (Number.isNaN(value) ? log(volatilityFloor) : value)
