import { exp, log } from '../../math/numeric.ts'

/** Nodes of all trees in one row of arrays: a walk through a tree touches little memory. */
export interface Forest {
  /** First node of each tree. */
  roots: Int32Array
  /** Column that a node asks for; -1 for a leaf. */
  columns: Int8Array
  /** Up to and with it a value goes to the left. Of a leaf: edges from the root, and what its rows would need to be told apart. */
  thresholds: Float64Array
  left: Int32Array
  right: Int32Array
  /** Rows that a tree was grown of. */
  sample: number
}

/** A tree as tables, as scikit-learn holds it: children of -1 are none. */
export interface TreeTables {
  feature: number[]
  threshold: number[]
  left: number[]
  right: number[]
  n: number[]
}

const eulerGamma = 0.5772156649015329

/** Mean number of comparisons that an unsuccessful search in a binary search tree of n values needs: how deep n rows lie. */
export function meanPathLength(n: number): number {
  if (n <= 1) return 0
  return n === 2 ? 1 : 2 * (log(n - 1) + eulerGamma) - (2 * (n - 1)) / n
}

/** A forest of trees that were grown elsewhere. @param sample rows that each of them was grown of. */
export function forestOf(trees: TreeTables[], sample: number): Forest {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0)
  const forest = emptyForest(trees.length, nodes, sample)
  let base = 0
  trees.forEach((tree, i) => {
    forest.roots[i] = base
    const place = (node: number, depth: number): void => {
      const isLeaf = tree.left[node] < 0
      forest.columns[base + node] = isLeaf ? -1 : tree.feature[node]
      forest.thresholds[base + node] = isLeaf ? depth + meanPathLength(tree.n[node]) : tree.threshold[node]
      if (isLeaf) return
      forest.left[base + node] = base + tree.left[node]
      forest.right[base + node] = base + tree.right[node]
      place(tree.left[node], depth + 1)
      place(tree.right[node], depth + 1)
    }
    place(0, 0)
    base += tree.feature.length
  })
  return forest
}

export function emptyForest(trees: number, nodes: number, sample: number): Forest {
  return {
    roots: new Int32Array(trees),
    columns: new Int8Array(nodes),
    thresholds: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    sample,
  }
}

/**
 * How little a row stands apart, from -1 (at once) to 0: -2^(-mean path length / that of the sample). Equal to scikit-learn's
 * `score_samples` of the same trees to 1e-12: values are rounded to 32 bits before they are compared.
 *
 * Liu, Ting, Zhou: Isolation Forest. ICDM 2008.
 * @param row one value a column, standardised as the forest was grown.
 */
export function scoreRow(forest: Forest, row: Float32Array): number {
  const { roots, columns, thresholds, left, right } = forest
  let total = 0
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree]
    for (let column = columns[node]; column >= 0; column = columns[node])
      node = row[column] <= thresholds[node] ? left[node] : right[node]
    total += thresholds[node]
  }
  return scoreOf(forest, total)
}

/** `scoreRow` of many rows, tree by tree, so that each tree is at hand for all of them: the same bits. */
export function scoreRows(forest: Forest, rows: readonly Float32Array[]): Float64Array {
  const { roots, columns, thresholds, left, right } = forest
  const totals = new Float64Array(rows.length)
  for (let tree = 0; tree < roots.length; tree++)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]
      let node = roots[tree]
      for (let column = columns[node]; column >= 0; column = columns[node])
        node = row[column] <= thresholds[node] ? left[node] : right[node]
      totals[i] += thresholds[node]
    }
  return totals.map(total => scoreOf(forest, total))
}

function scoreOf({ roots, sample }: Forest, total: number): number {
  return -exp((-Math.LN2 * total) / roots.length / meanPathLength(sample))
}
