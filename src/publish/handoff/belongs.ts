import type { FeatureTable } from '../../core/features/table.ts'
import { isoTime } from '../../core/math/time.ts'
import { SpikeError } from '../../errors.ts'

/** In microseconds: the first rows of a slice may lack what came before it, its last ones what came after. */
const [warmUp, tail] = [60_000_000, 10_000_000]

/** Of a product's rows; a change between two connections or feeds within the slice can make a few of them others. */
const mayDiffer = 0.1

/**
 * Checks that a slice of raw data is of the run's own: the rows of each of its products are rows of the run, of the same second and
 * with the same mid to the last bit. The slice's first minute and the last 10 s of the run are left out.
 * @param slice rows that the slice gives alone. @param run rows that the run was trained on. @param where names the raw data.
 * @throws SpikeError BAD_FILE, one line for each product that does not fit.
 */
export function checkBelongs(slice: FeatureTable, run: FeatureTable, where: string): void {
  const [begin, end] = [least(run.time), -least(run.time.map(time => -time))]
  const from = least(slice.time) + warmUp
  const own = new Map<string, number>()
  for (let row = 0; row < run.rows; row++) own.set(`${run.product[row]} ${run.time[row]}`, run.columns.mid[row])
  const products = new Map<string, { compared: number; others: string[] }>()
  for (let row = 0; row < slice.rows; row++) {
    const [product, time, mid] = [slice.product[row], slice.time[row], slice.columns.mid[row]]
    const seen = products.get(product) ?? { compared: 0, others: [] }
    products.set(product, seen)
    if (time < from || (time > end - tail && time <= end)) continue
    const expected = own.get(`${product} ${time}`)
    seen.compared++
    if (mid !== expected) seen.others.push(`at ${isoTime(time)} its mid is ${mid}, there ${expected ?? 'is no row'}`)
  }
  const anyCompared = [...products.values()].some(({ compared }) => compared > 0)
  const faults = [...products].flatMap(([product, { compared, others }]) =>
    others.length <= mayDiffer * compared && (compared > 0 || anyCompared)
      ? []
      : [
          `${where}: is not the raw data of this run (${isoTime(begin)} to ${isoTime(end)}): ${product}: ${others[0] ?? 'too few rows to compare'}; name its own with --raw`,
        ],
  )
  if (faults.length > 0) throw new SpikeError('BAD_FILE', faults)
}

function least(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}
