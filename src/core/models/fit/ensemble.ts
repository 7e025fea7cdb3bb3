/**
 * A tree as parallel arrays; node 0 is the root. A node whose `feature` is -1 is a leaf with `value`; else rows with
 * x[feature] <= threshold, and nulls where `nullLeft` is 1, go to `left`, others to `right`.
 */
export interface Tree {
  feature: number[]
  threshold: number[]
  nullLeft: number[]
  left: number[]
  right: number[]
  value: number[]
  /** Fall of the loss by the split of each node; 0 for leaves. */
  gain: number[]
}

/** score(x) = base + the values of the leaves that x reaches. */
export interface Ensemble {
  base: number
  trees: Tree[]
}

/** Up to so many rows are not worth typed copies of the trees. */
const fewRows = 16

/** Scores of rows given as columns: log odds or the target's unit. */
export function boostingScores({ base, trees }: Ensemble, columns: Float32Array[], rows: number): Float64Array {
  if (rows <= fewRows)
    return Float64Array.from({ length: rows }, (_, row) =>
      trees.reduce((sum, tree) => sum + valueAt(tree, columns, row), base),
    )
  const scores = new Float64Array(rows).fill(base)
  for (const tree of trees) addTree(scores, tree, columns)
  return scores
}

/** Adds what a tree says of every row; its arrays are made typed once, for speed. */
function addTree(scores: Float64Array, tree: Tree, columns: Float32Array[]): void {
  const feature = Int32Array.from(tree.feature)
  const threshold = Float32Array.from(tree.threshold)
  const nullLeft = Uint8Array.from(tree.nullLeft)
  const left = Int32Array.from(tree.left)
  const right = Int32Array.from(tree.right)
  const value = Float64Array.from(tree.value)
  for (let row = 0; row < scores.length; row++) {
    let node = 0
    while (feature[node] >= 0) {
      const x = columns[feature[node]][row]
      node = x <= threshold[node] || (nullLeft[node] === 1 && Number.isNaN(x)) ? left[node] : right[node]
    }
    scores[row] += value[node]
  }
}

/** What one tree says of one row. */
export function valueAt(
  { feature, threshold, nullLeft, left, right, value }: Tree,
  columns: Float32Array[],
  row: number,
) {
  let node = 0
  while (feature[node] >= 0) {
    const x = columns[feature[node]][row]
    const goesLeft = Number.isNaN(x) ? nullLeft[node] === 1 : x <= Math.fround(threshold[node])
    node = goesLeft ? left[node] : right[node]
  }
  return value[node]
}
