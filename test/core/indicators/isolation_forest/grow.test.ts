import { expect, it } from 'vitest'
import { meanPathLength, scoreRow } from '../../../../src/core/indicators/isolation_forest/forest.ts'
import { growForest } from '../../../../src/core/indicators/isolation_forest/grow.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'

const random = seededRandom(3)
const columns = Array.from({ length: 3 }, () => Float32Array.from({ length: 600 }, random))
const options = { trees: 50, sample: 128, seed: 7 }

it('is a function of rows and seed', () => {
  expect(growForest(columns, options)).toEqual(growForest(columns, options))
  expect(growForest(columns, options)).not.toEqual(growForest(columns, { ...options, seed: 8 }))
})

it('a row far from all others stands out most', () => {
  const forest = growForest(columns, options)
  const scores = columns[0].map((_, i) =>
    scoreRow(
      forest,
      Float32Array.from(columns, column => column[i]),
    ),
  )
  const far = scoreRow(forest, Float32Array.of(9, -9, 9))
  expect(far).toBeLessThan(Math.min(...scores))
})

it('rows that are all alike cannot be told apart', () => {
  const alike = [new Float32Array(300).fill(4), new Float32Array(300).fill(1)]
  const forest = growForest(alike, options)
  expect(scoreRow(forest, Float32Array.of(4, 1))).toBeCloseTo(-0.5, 14)
  expect(forest.lengths[0]).toBe(meanPathLength(128))
})

it('a constant column is never asked', () => {
  const forest = growForest([columns[0], new Float32Array(600).fill(2), columns[2]], options)
  const asked = forest.columns.filter((_, node) => forest.left[node] !== node)
  expect([...new Set(asked)].toSorted()).toEqual([0, 2])
})

it('grows of fewer rows than the sample, down to one', () => {
  const few = growForest(
    columns.map(column => column.slice(0, 5)),
    options,
  )
  expect(few.sample).toBe(5)
  const one = growForest(
    columns.map(column => column.slice(0, 1)),
    options,
  )
  expect(one.deepest).toBe(0)
})
