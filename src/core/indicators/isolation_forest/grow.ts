import { seededRandom } from '../../math/random.ts'
import { emptyForest, type Forest, meanPathLength, splitNode } from './forest.ts'

export interface GrowOptions {
  trees: number
  /** Rows that each tree is grown of, drawn without putting back; all of them where there are fewer. */
  sample: number
  seed: number
}

/** A column whose values lie this close together cannot be split (as in scikit-learn). */
const leastSpread = 1e-7

/**
 * Grows trees that split at random: a column that is not constant, a threshold between its least and its greatest value, down to
 * single rows or to the depth that the sample would have on average. The same rows and seed give the same forest.
 *
 * Liu, Ting, Zhou: Isolation Forest. ICDM 2008; constant columns and thresholds as scikit-learn 1.9 does it. Its forests differ
 * (another generator), their scores lie within each other's spread.
 * @param rows columns by rows, standardised.
 */
export function growForest(columns: readonly Float32Array[], options: GrowOptions): Forest {
  const growth = beginForest(columns, options)
  while (growth.growTree()) {}
  return growth.forest
}

/** A forest that is grown tree by tree. */
export interface Growth {
  /** Whole once no tree is left. */
  readonly forest: Forest
  /** Grows the next tree. @returns whether there was any. */
  growTree(): boolean
}

/** `growForest`, a tree at a time: the same forest. */
export function beginForest(columns: readonly Float32Array[], { trees, sample, seed }: GrowOptions): Growth {
  const random = seededRandom(seed)
  const count = columns[0].length
  const size = Math.min(sample, count)
  const nodes = 2 * size - 1
  const forest = emptyForest(trees, trees * nodes, size)
  const rows = Int32Array.from({ length: count }, (_, i) => i)
  const deepest = 32 - Math.clz32(size - 1)
  let tree = 0
  return {
    forest,
    growTree() {
      if (tree === trees) return false
      drawRows(rows, size, random)
      forest.roots[tree] = tree * nodes
      growTree({ forest, columns, rows, random, deepest, next: tree * nodes + 1 }, tree * nodes, 0, size, 0)
      tree++
      return true
    },
  }
}

interface Growing {
  forest: Forest
  columns: readonly Float32Array[]
  /** Rows of the tree; those of a node stand side by side. */
  rows: Int32Array
  random: () => number
  deepest: number
  /** First node that is free. */
  next: number
}

function growTree(growing: Growing, node: number, from: number, to: number, depth: number): void {
  const { forest, columns, rows } = growing
  const split = to - from > 1 && depth < growing.deepest ? drawSplit(growing, from, to) : null
  if (split === null) {
    forest.lengths[node] = depth + meanPathLength(to - from)
    forest.deepest = Math.max(forest.deepest, depth)
    return
  }
  const middle = partition(rows, from, to, columns[split.column], split.threshold)
  const children = growing.next
  growing.next += 2
  splitNode(forest, node, split.column, split.threshold, children)
  growTree(growing, children, from, middle, depth + 1)
  growTree(growing, children + 1, middle, to, depth + 1)
}

/** A column at random among those that are not constant; null where all are. */
function drawSplit(growing: Growing, from: number, to: number): { column: number; threshold: number } | null {
  const left = growing.columns.map((_, i) => i)
  while (left.length > 0) {
    const [column] = left.splice(Math.floor(growing.random() * left.length), 1)
    const values = growing.columns[column]
    let least = values[growing.rows[from]]
    let greatest = least
    for (let i = from + 1; i < to; i++) {
      const value = values[growing.rows[i]]
      if (value < least) least = value
      else if (value > greatest) greatest = value
    }
    if (greatest <= least + leastSpread) continue
    const threshold = least + growing.random() * (greatest - least)
    return { column, threshold: threshold < greatest ? threshold : least }
  }
  return null
}

/** Puts rows whose value is at most the threshold first. @returns where the others begin. */
function partition(rows: Int32Array, from: number, to: number, values: Float32Array, threshold: number): number {
  let middle = from
  for (let i = from; i < to; i++) {
    const row = rows[i]
    if (values[row] > threshold) continue
    rows[i] = rows[middle]
    rows[middle++] = row
  }
  return middle
}

/** The first `size` of the rows become a sample without putting back (Fisher and Yates). */
function drawRows(rows: Int32Array, size: number, random: () => number): void {
  for (let i = 0; i < size; i++) {
    const other = i + Math.floor(random() * (rows.length - i))
    const row = rows[i]
    rows[i] = rows[other]
    rows[other] = row
  }
}
