import { log, sin } from '../../features/numeric.ts'
import { featureNames } from '../../features/spec.ts'
import type { FeatureTable } from '../../features/table.ts'
import { seededRandom } from '../../random.ts'

/** Standard normal numbers from a seed (Box and Muller 1958). */
export function normals(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * log(1 - random())) * sin(2 * Math.PI * random())
}

/** A first-order autoregression of unit variance that forgets with the given time constant, in seconds. */
export function autoregression(n: number, memory: number, seed: number): Float64Array {
  const next = normals(seed)
  const keep = Math.exp(-1 / memory)
  const series = new Float64Array(n)
  let x = next()
  for (let i = 0; i < n; i++) {
    series[i] = x
    x = keep * x + Math.sqrt(1 - keep * keep) * next()
  }
  return series
}

/** Rows of one product, one a second, every feature of the spec an autoregression around 3 times `scale`, never below 0. */
export function syntheticTable(seconds: number, from: number, seed: number, scale = 1): FeatureTable {
  const column = (k: number): Float64Array =>
    autoregression(seconds, 20, seed + k).map(x => Math.max(0, (3 + x) * scale * (k === 2 ? 1e-5 : 1)))
  return {
    rows: seconds,
    product: new Array<string>(seconds).fill('BTC-USD'),
    time: Float64Array.from({ length: seconds }, (_, i) => (from + i) * 1e6),
    columns: Object.fromEntries(featureNames.map((name, k) => [name, column(k)])),
    sigma_future: column(999),
    label: column(998).map(x => (x > 4 ? 1 : 0)),
  }
}
