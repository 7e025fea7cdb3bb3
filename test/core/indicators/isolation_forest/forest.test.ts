/** Against scikit-learn 1.9.1 on trades of a real opening, of which none are part of the project. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  forestOf,
  meanPathLength,
  scoreRow,
  type TreeTables,
} from '../../../../src/core/indicators/isolation_forest/forest.ts'
import { growForest } from '../../../../src/core/indicators/isolation_forest/grow.ts'
import { percentileOf } from '../../../../src/core/math/percentile.ts'
import { needs } from '../../../harness/needs.ts'

const folder = new URL('../../../../../shared/reference/oracles/expected/iforest/', import.meta.url)
const lacks = existsSync(folder) ? null : 'no expected scores of scikit-learn lie in ../shared/reference'
const load = <T>(name: string): T =>
  JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))).toString()) as T

it('knows how deep rows lie on average', () => {
  const expected = { 1: 0, 2: 1, 3: 1.207392357589623, 10: 3.748880484475504, 256: 10.244770920119917 }
  for (const [n, length] of Object.entries(expected)) expect(meanPathLength(Number(n))).toBeCloseTo(length, 13)
})

it('scores by hand: one tree, one split', () => {
  const tree: TreeTables = {
    feature: [0, -1, -1],
    threshold: [1.5, 0, 0],
    left: [1, -1, -1],
    right: [2, -1, -1],
    n: [4, 1, 3],
  }
  const forest = forestOf([tree], 4)
  const expected = (path: number): number => -(2 ** (-path / meanPathLength(4)))
  expect(scoreRow(forest, Float32Array.of(1))).toBeCloseTo(expected(1), 14)
  expect(scoreRow(forest, Float32Array.of(1.5))).toBeCloseTo(expected(1), 14)
  expect(scoreRow(forest, Float32Array.of(2))).toBeCloseTo(expected(1 + meanPathLength(3)), 14)
})

describe('beside scikit-learn', needs(lacks), () => {
  const rowsOf = (x: { scaled: number[][] }): Float32Array[] => x.scaled.map(row => Float32Array.from(row))

  it('gives the same scores for the same trees, and the same offset and anomalies', () => {
    const { trees, max_samples, offset } = load<{ trees: TreeTables[]; max_samples: number; offset: number }>('forest')
    const x = load<{ scaled: number[][]; score_samples: number[]; predict: number[] }>('x')
    const rows = rowsOf(x)
    const forest = forestOf(trees, max_samples)
    const scores = rows.map(row => scoreRow(forest, row))
    const apart = scores.map((score, i) => Math.abs(score - x.score_samples[i]))
    expect(Math.max(...apart)).toBeLessThan(1e-12)
    expect(percentileOf(scores.slice(0, 1000), 1)).toBe(offset)
    expect(scores.map(score => (score < offset ? -1 : 1))).toEqual(x.predict)
  })

  it('grows forests whose scores lie within the spread of 40 of its seeds', () => {
    const rows = rowsOf(load('x'))
    const bands = load<{ mean: number[]; sd: number[] }>('bands')
    const columns = rows[0].map((_, column) => column)
    const train = Array.from(columns, (_, column) => Float32Array.from(rows.slice(0, 1000), row => row[column]))
    const sums = new Float64Array(rows.length)
    const flagged: number[] = []
    for (let seed = 1; seed <= 40; seed++) {
      const forest = growForest(train, { trees: 100, sample: 256, seed })
      const scores = rows.map(row => scoreRow(forest, row))
      scores.forEach((score, i) => {
        sums[i] += score / 40
      })
      const line = percentileOf(scores.slice(0, 1000), 1)
      flagged.push(scores.slice(0, 1000).filter(score => score < line).length)
    }
    const apart = bands.mean.map((mean, i) => Math.abs(sums[i] - mean))
    const within = apart.filter((difference, i) => difference <= 5 * bands.sd[i] * Math.sqrt(2 / 40)).length
    expect(within / rows.length).toBeGreaterThanOrEqual(0.99)
    expect(Math.max(...apart)).toBeLessThanOrEqual(0.02)
    expect(Math.min(...flagged)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...flagged)).toBeLessThanOrEqual(15)
  })
})
