import { features } from '../../features/spec.ts'

const units = new Map(features.map(({ name, unit }) => [name, unit]))

/**
 * Fails unless a feature is what the reference says: 1e-9 relative or 1e-12 of the input's scale, whichever is larger.
 * @param values all features of the reference's row.
 * @param price of the product, the scale of prices.
 */
export function expectClose(name: string, found: number, values: Record<string, number>, price: number): void {
  const expected = values[name]
  if (isClose(name, found, expected, price) || !isWellConditioned(name, values, price)) return
  throw new Error(`${name}: ${found}, reference ${expected}`)
}

function isClose(name: string, found: number, expected: number, price: number): boolean {
  if (Number.isNaN(found) || Number.isNaN(expected)) return Number.isNaN(found) === Number.isNaN(expected)
  const scale = units.get(name) === 'bp' ? 1e4 : name === 'mid' ? price : 1
  return Math.abs(found - expected) <= Math.max(1e-9 * Math.abs(expected), 1e-12 * scale)
}

/** Ratios of quantities that are near nothing amplify a rounding: judged only where what they divide by is not. */
function isWellConditioned(name: string, values: Record<string, number>, price: number): boolean {
  if (name === 'kyle_300s' || name === 'amihud_300s') return price > 1e-3
  if (name === 'roll_300s') return values.roll_300s > 1e-3
  return name !== 'volatility_zscore_900s' || values.volatility_60s > 1e-9
}
