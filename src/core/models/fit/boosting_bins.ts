import { countBelow } from '../../math/search.ts'

/** Bin 0 holds null; bin b > 0 of a column holds the values in (edges[b-2], edges[b-1]], the last bin all above. */
const mostBins = 255

/**
 * Edges between at most 254 bins of equal share, one array per column, from the training rows. Edges are float32, as the values,
 * so that a comparison gives the same answer in double, in float and in an ONNX graph.
 * @param columns float32 values, NaN for null.
 */
export function findEdges(columns: Float32Array[]): Float32Array[] {
  return columns.map(edgesOf)
}

function edgesOf(column: Float32Array): Float32Array {
  const sorted = withoutNull(column).sort()
  const distinct = distinctOf(sorted)
  const edges: number[] = []
  const push = (low: number, high: number): void => {
    if (low === high) return
    const middle = Math.fround(low / 2 + high / 2)
    const edge = middle >= low && middle < high ? middle : low
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge)
  }
  if (distinct.length < mostBins) {
    for (let i = 1; i < distinct.length; i++) push(distinct[i - 1], distinct[i])
  } else
    for (let bin = 1; bin < mostBins - 1; bin++) {
      const place = Math.floor((bin * sorted.length) / (mostBins - 1))
      push(sorted[place - 1], sorted[place])
    }
  return Float32Array.from(edges)
}

/** Bin of each value, one byte each, one array per column. */
export function binColumns(columns: Float32Array[], edges: Float32Array[]): Uint8Array[] {
  return columns.map((column, feature) => {
    const limits = edges[feature]
    const bins = new Uint8Array(column.length)
    for (let row = 0; row < column.length; row++) {
      const value = column[row]
      bins[row] = Number.isNaN(value) ? 0 : 1 + countBelow(limits, value)
    }
    return bins
  })
}

function withoutNull(column: Float32Array): Float32Array {
  const kept = new Float32Array(column.length)
  let length = 0
  for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row])) kept[length++] = column[row]
  return kept.subarray(0, length)
}

/** Distinct values, ascending; no more of them than tell that there are too many for a bin each. */
function distinctOf(sorted: Float32Array): number[] {
  const distinct: number[] = []
  for (let i = 0; i < sorted.length && distinct.length < mostBins; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct.push(sorted[i])
  return distinct
}
