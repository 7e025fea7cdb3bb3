import { exp, log } from '../../math/numeric.ts'

/**
 * Nodes of all trees in one row of arrays. A walk does not look whether it has come to a leaf: a leaf leads to itself, and walks
 * through four trees go side by side, each as many steps as the deepest leaf needs. No step depends on a guess of the processor, and none
 * waits for that of another tree.
 */
export interface Forest {
  /** First node of each tree; as many more as make it a multiple of four lead to a leaf that adds nothing. */
  roots: Int32Array
  /** Column that a node asks for; any of a leaf. */
  columns: Int8Array
  /** Up to and with it a value goes to `left`, above it to the node behind that; infinite of a leaf. */
  thresholds: Float64Array
  /** Of a leaf: itself. */
  left: Int32Array
  /** Of a leaf: edges from the root, and what its rows would need to be told apart. */
  lengths: Float64Array
  trees: number
  /** Edges from a root to any leaf, at most. */
  deepest: number
  /** Rows that a tree was grown of. */
  sample: number
}

const abreast = 4

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
  let next = 0
  trees.forEach((tree, i) => {
    forest.roots[i] = next++
    const place = (from: number, to: number, depth: number): void => {
      forest.deepest = Math.max(forest.deepest, depth)
      if (tree.left[from] < 0) {
        forest.lengths[to] = depth + meanPathLength(tree.n[from])
        return
      }
      const children = next
      next += 2
      splitNode(forest, to, tree.feature[from], tree.threshold[from], children)
      place(tree.left[from], children, depth + 1)
      place(tree.right[from], children + 1, depth + 1)
    }
    place(0, forest.roots[i], 0)
  })
  return forest
}

/** All nodes are leaves. */
export function emptyForest(trees: number, nodes: number, sample: number): Forest {
  const idle = nodes
  const left = new Int32Array(nodes + 1)
  for (let node = 0; node <= nodes; node++) left[node] = node
  return {
    roots: new Int32Array(abreast * Math.ceil(trees / abreast)).fill(idle),
    columns: new Int8Array(nodes + 1),
    thresholds: new Float64Array(nodes + 1).fill(Number.POSITIVE_INFINITY),
    left,
    lengths: new Float64Array(nodes + 1),
    ...{ trees, deepest: 0, sample },
  }
}

/** @param children the first of two that stand side by side. */
export function splitNode(forest: Forest, node: number, column: number, threshold: number, children: number): void {
  forest.columns[node] = column
  forest.thresholds[node] = threshold
  forest.left[node] = children
}

/**
 * How little a row stands apart, from -1 (at once) to 0: -2^(-mean path length / that of the sample). Equal to scikit-learn's
 * `score_samples` of the same trees to 1e-12: values are rounded to 32 bits before they are compared.
 *
 * Liu, Ting, Zhou: Isolation Forest. ICDM 2008.
 * @param row one value a column, standardised as the forest was grown.
 */
export function scoreRow(forest: Forest, row: Float32Array): number {
  let total = 0
  for (let tree = 0; tree < forest.roots.length; tree += abreast) total = addLengths(forest, tree, row, total)
  return scoreOf(forest, total)
}

/** `scoreRow` of many rows, tree by tree, so that each tree is at hand for all of them: the same bits. */
export function scoreRows(forest: Forest, rows: readonly Float32Array[]): Float64Array {
  const totals = new Float64Array(rows.length)
  for (let tree = 0; tree < forest.roots.length; tree += abreast)
    for (let i = 0; i < rows.length; i++) totals[i] = addLengths(forest, tree, rows[i], totals[i])
  return totals.map(total => scoreOf(forest, total))
}

/** Adds how deep a row lies in each of four trees. */
function addLengths(
  { roots, columns, thresholds, left, lengths, deepest }: Forest,
  tree: number,
  row: Float32Array,
  total: number,
): number {
  let a = roots[tree]
  let b = roots[tree + 1]
  let c = roots[tree + 2]
  let d = roots[tree + 3]
  for (let depth = 0; depth < deepest; depth++) {
    a = (left[a] + Number(row[columns[a]] > thresholds[a])) | 0
    b = (left[b] + Number(row[columns[b]] > thresholds[b])) | 0
    c = (left[c] + Number(row[columns[c]] > thresholds[c])) | 0
    d = (left[d] + Number(row[columns[d]] > thresholds[d])) | 0
  }
  return total + lengths[a] + lengths[b] + lengths[c] + lengths[d]
}

function scoreOf({ trees, sample }: Forest, total: number): number {
  return -exp((-Math.LN2 * total) / trees / meanPathLength(sample))
}
