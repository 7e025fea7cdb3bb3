import { groupIndices } from '../../math/group_indices.ts'

/** Each product's values, half of its rows later and round the end: as smooth as they were, and of another time. */
export function movedByHalf(values: Float64Array, products: string[]): Float64Array {
  const moved = new Float64Array(values.length)
  for (const rows of groupIndices(products.length, i => products[i]).values())
    rows.forEach((row, i) => {
      moved[row] = values[rows[(i + (rows.length >> 1)) % rows.length]]
    })
  return moved
}
