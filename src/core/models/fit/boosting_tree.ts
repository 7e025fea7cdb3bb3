import {
  type BestSplit,
  type Bounds,
  findBestSplit,
  leafValue,
  type SplitRules,
  type Sums,
  stride,
} from './boosting_split.ts'
import type { Tree } from './ensemble.ts'

export interface GrowRules extends SplitRules {
  leaves: number
  learningRate: number
}

interface Leaf {
  node: number
  from: number
  to: number
  sums: Sums
  bounds: Bounds
  histogram: Float64Array
  split: BestSplit | null
}

/** Grows trees on one set of binned rows; its buffers are used again from tree to tree. */
export class TreeGrower {
  readonly #bins: Uint8Array[]
  readonly #edges: Float32Array[]
  readonly #rules: GrowRules
  readonly #rows: Int32Array
  readonly #aside: Int32Array
  readonly #gradients: Float64Array
  readonly #hessians: Float64Array
  readonly #pool: Float64Array[] = []

  constructor(bins: Uint8Array[], edges: Float32Array[], rows: number, rules: GrowRules) {
    this.#bins = bins
    this.#edges = edges
    this.#rules = rules
    this.#rows = new Int32Array(rows)
    this.#aside = new Int32Array(rows)
    this.#gradients = new Float64Array(rows)
    this.#hessians = new Float64Array(rows)
  }

  /** Leaf-wise growth: the leaf whose split gains most is split next. Adds each row's new value to `scores`. */
  grow(gradients: Float64Array, hessians: Float64Array, scores: Float64Array): Tree {
    const { leaves: most, learningRate, l2 } = this.#rules
    const tree: Tree = { feature: [], threshold: [], nullLeft: [], left: [], right: [], value: [], gain: [] }
    const sums: Sums = { gradient: 0, hessian: 0, count: gradients.length }
    for (let i = 0; i < gradients.length; i++) {
      this.#rows[i] = i
      sums.gradient += gradients[i]
      sums.hessian += hessians[i]
    }
    const bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
    const root = this.#measured(addNode(tree), 0, gradients.length, sums, bounds, gradients, hessians)
    const leaves = [root]
    while (leaves.length < most) {
      const at = mostGaining(leaves)
      if (at < 0) break
      const [left, right] = this.#divide(tree, leaves[at], gradients, hessians)
      leaves[at] = left
      leaves.push(right)
    }
    for (const { node, from, to, sums, bounds, histogram } of leaves) {
      const value = learningRate * leafValue(sums, l2, bounds)
      tree.value[node] = value
      for (let i = from; i < to; i++) scores[this.#rows[i]] += value
      this.#pool.push(histogram)
    }
    return tree
  }

  #divide(tree: Tree, leaf: Leaf, gradients: Float64Array, hessians: Float64Array): [Leaf, Leaf] {
    const split = leaf.split!
    const { feature, bin, nullLeft, left: leftSums, right: rightSums } = split
    const middle = this.#partition(leaf, split)
    const [leftBounds, rightBounds] = this.#childBounds(leaf, split)
    const left = addNode(tree)
    const right = addNode(tree)
    tree.feature[leaf.node] = feature
    tree.threshold[leaf.node] = this.#edges[feature][bin]
    tree.nullLeft[leaf.node] = nullLeft ? 1 : 0
    tree.left[leaf.node] = left
    tree.right[leaf.node] = right
    tree.gain[leaf.node] = split.gain
    // only the smaller child is counted, the larger is what is left of the parent
    const leftIsSmall = leftSums.count < rightSums.count
    const small = leftIsSmall
      ? this.#measured(left, leaf.from, middle, leftSums, leftBounds, gradients, hessians)
      : this.#measured(right, middle, leaf.to, rightSums, rightBounds, gradients, hessians)
    const rest = leaf.histogram
    for (let i = 0; i < rest.length; i++) rest[i] -= small.histogram[i]
    const large: Leaf = leftIsSmall
      ? { node: right, from: middle, to: leaf.to, sums: rightSums, bounds: rightBounds, histogram: rest, split: null }
      : { node: left, from: leaf.from, to: middle, sums: leftSums, bounds: leftBounds, histogram: rest, split: null }
    large.split = this.#bestOf(large)
    return leftIsSmall ? [small, large] : [large, small]
  }

  #partition({ from, to }: Leaf, { feature, bin, nullLeft }: BestSplit): number {
    const bins = this.#bins[feature]
    const rows = this.#rows
    const aside = this.#aside
    let kept = from
    let put = 0
    for (let i = from; i < to; i++) {
      const row = rows[i]
      const found = bins[row]
      if (found === 0 ? nullLeft : found <= bin + 1) rows[kept++] = row
      else aside[put++] = row
    }
    rows.set(aside.subarray(0, put), kept)
    return kept
  }

  /** Both sides of a split on a constrained column stay on their side of the middle, whatever is split below. */
  #childBounds({ bounds }: Leaf, { feature, left, right }: BestSplit): [Bounds, Bounds] {
    const sign = this.#rules.monotone[feature]
    if (sign === 0) return [bounds, bounds]
    const { l2 } = this.#rules
    const middle = (leafValue(left, l2, bounds) + leafValue(right, l2, bounds)) / 2
    const below = { low: bounds.low, high: middle }
    const above = { low: middle, high: bounds.high }
    return sign > 0 ? [below, above] : [above, below]
  }

  #measured(
    node: number,
    from: number,
    to: number,
    sums: Sums,
    bounds: Bounds,
    gradients: Float64Array,
    hessians: Float64Array,
  ): Leaf {
    const histogram = this.#pool.pop() ?? new Float64Array(this.#bins.length * stride)
    histogram.fill(0)
    const g = this.#gradients
    const h = this.#hessians
    for (let i = from; i < to; i++) {
      g[i] = gradients[this.#rows[i]]
      h[i] = hessians[this.#rows[i]]
    }
    const width = this.#bins.length
    for (let feature = 0; feature + 1 < width; feature += 2)
      addColumns(histogram, feature * stride, this.#bins[feature], this.#bins[feature + 1], this.#rows, g, h, from, to)
    if (width % 2 === 1) addColumn(histogram, (width - 1) * stride, this.#bins[width - 1], this.#rows, g, h, from, to)
    const leaf: Leaf = { node, from, to, sums, bounds, histogram, split: null }
    leaf.split = this.#bestOf(leaf)
    return leaf
  }

  #bestOf({ histogram, sums, bounds }: Leaf): BestSplit | null {
    return findBestSplit(histogram, this.#edges, sums, bounds, this.#rules)
  }
}

/** Two columns at a time: rows and gradients are loaded half as often. */
function addColumns(
  histogram: Float64Array,
  start: number,
  first: Uint8Array,
  second: Uint8Array,
  rows: Int32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  from: number,
  to: number,
): void {
  const next = start + stride
  for (let i = from; i < to; i++) {
    const row = rows[i]
    const g = gradients[i]
    const h = hessians[i]
    const a = start + 3 * first[row]
    histogram[a] += g
    histogram[a + 1] += h
    histogram[a + 2]++
    const b = next + 3 * second[row]
    histogram[b] += g
    histogram[b + 1] += h
    histogram[b + 2]++
  }
}

function addColumn(
  histogram: Float64Array,
  start: number,
  bins: Uint8Array,
  rows: Int32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const place = start + 3 * bins[rows[i]]
    histogram[place] += gradients[i]
    histogram[place + 1] += hessians[i]
    histogram[place + 2]++
  }
}

function addNode(tree: Tree): number {
  tree.feature.push(-1)
  for (const values of [tree.threshold, tree.nullLeft, tree.left, tree.right, tree.value, tree.gain]) values.push(0)
  return tree.feature.length - 1
}

function mostGaining(leaves: Leaf[]): number {
  let at = -1
  let gain = 0
  leaves.forEach(({ split }, i) => {
    if (split !== null && split.gain > gain) {
      at = i
      gain = split.gain
    }
  })
  return at
}
