import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import type { FeatureTable } from '../../../../src/core/features/table.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import type { Artifact } from '../../../../src/core/models/artifact/artifact.ts'
import { scoreRows } from '../../../../src/core/models/artifact/score.ts'
import { barOf } from '../../../../src/core/models/judge/bar.ts'
import { decideRivals, judgeRivals, type Settled } from '../../../../src/core/models/judge/rivals.ts'
import { references } from '../../../../src/core/models/recipes/rules.ts'
import { labelRows } from '../../../../src/core/models/split/label.ts'
import { splitByTime } from '../../../../src/core/models/split/split.ts'
import { linearArtifact } from '../../../fixtures/artifacts.ts'

const known = { tau: { A: 1 }, simulated: false }
const number = fc.double({ min: -1, max: 1, noNaN: true })
const enough = { degenerate: null }

describe('the champion moves', () => {
  test('only when the whole interval of the difference lies above 0', () => {
    fc.assert(
      fc.property(number, number, number, (a, b, value) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const { moves } = decideRivals({ segment: enough, difference: { value, low, high }, live: null }, known, known)
        expect(moves).toBe(low > 0)
      }),
    )
  })

  test('never without an interval, on a stretch that says little, or where a product or the real market would be lost', () => {
    const better = { value: 0.2, low: 0.1, high: 0.3 }
    const [two, simulated] = [
      { ...known, tau: { A: 1, B: 1 } },
      { ...known, simulated: true },
    ]
    const unseen = { segment: enough, difference: better, live: null }
    const live = (value: number, degenerate: string | null = null) =>
      why({ ...unseen, live: { segment: { degenerate }, difference: { value, low: value - 1, high: value + 1 } } })
    const why = (...[rivals, champion = known, challenger = known]: Partial<Parameters<typeof decideRivals>>) => {
      const decision = decideRivals({ ...unseen, ...rivals }, champion, challenger)
      return decision.moves || decision.why
    }
    expect(why()).toBe(true)
    expect(why({ ...unseen, difference: { value: 0.2, low: null, high: null } })).toMatch(/too short/)
    expect(why({ ...unseen, difference: null })).toMatch(/too little \(no spike\)/)
    expect(why({ ...unseen, segment: { degenerate: '2 episodes, below 5' } })).toMatch(/2 episodes, below 5/)
    expect(why(unseen, two, known)).toMatch(/no tau of B/)
    expect(why(unseen, known, two)).toBe(true)
    expect(why(unseen, known, simulated)).toMatch(/simulated/)
    expect(why(unseen, simulated, simulated)).toBe(true)
    expect([live(0.1), live(0), live(-0.1, '2 episodes, below 5')]).toEqual([
      true,
      expect.stringMatching(/said live, the challenger would have been no better/),
      true,
    ])
    expect(why({ ...unseen, difference: { value: -0.2, low: -0.3, high: -0.1 } })).toMatch(/is worse/)
  })
})

const seconds = 6000
const product = 'BTC-USD'
const random = seededRandom(3)
const level = Float64Array.from({ length: seconds }, (_, i) => (Math.sin(i / 30) > 0.7 ? 3e-5 : 1e-5))
const noise = () => Float64Array.from({ length: seconds }, () => random())
const table: FeatureTable = {
  rows: seconds,
  product: new Array(seconds).fill(product),
  time: Float64Array.from({ length: seconds }, (_, i) => i * 1e6),
  columns: Object.fromEntries(
    [...linearArtifact.inputs, 'volatility_60s', 'volatility_300s'].map(name => [name, noise()]),
  ),
  sigma_future: level,
}
const config = readConfig()
const tau = { tau: { [product]: 2e-5 }, source: 'test' }
const champion = { ...linearArtifact, tau: { [product]: 1e-5 } }
const challenger = { ...linearArtifact, name: 'challenger' }

function judge(score: Float64Array, seenUntil = 0, own: Artifact = champion, settled: Settled | null = null, look = 1) {
  const scores = { challenger: score, ...Object.fromEntries(references.map(({ name }) => [name, noise()])) }
  const split = splitByTime(table, config.split)
  const labelled = { split, labels: labelRows(table, tau.tau), tau, scores }
  const bar = { ...barOf(look), samples: 800 }
  return judgeRivals(table, labelled, { champion: own, challenger, seenUntil, settled, bar }, config)
}

describe('champion and challenger', () => {
  test('are judged on what both have not seen: after the embargo of the later one', () => {
    const early = judge(noise())
    expect(early.segment).toMatchObject({ rows: 1200, from: '1970-01-01T01:20:00.000Z' })
    const { embargo_s } = config.split
    const from = (seenUntil: number) => Date.parse(judge(noise(), seenUntil * 1e6).segment.from) / 1000
    expect(from(5000)).toBe(5000 + 60 + embargo_s + 1)
    expect(judge(noise(), seconds * 1e6)).toMatchObject({ segment: { rows: 0 }, difference: null })
  })

  test('one that knows is better than one that guesses, one that guesses as well is not, the same one differs by 0', () => {
    const verdict = (score: Float64Array) => {
      const rivals = judge(score)
      return { ...rivals, ...decideRivals(rivals, champion, challenger) }
    }
    const knows = verdict(level)
    expect(knows.pr_auc.challenger).toBe(1)
    expect(knows).toMatchObject({ moves: true, pr_auc: { champion: expect.closeTo(knows.segment.prevalence, 1) } })
    expect(verdict(scoreRows({ ...champion, ...tau }, table))).toMatchObject({
      moves: false,
      difference: { value: 0, low: 0, high: 0 },
    })
    expect(verdict(noise()).moves).toBe(false)
  })

  test('a product that the champion does not know is not judged', () => {
    expect(judge(level, 0, { ...linearArtifact, tau: { other: 1 } }).segment.rows).toBe(0)
  })

  test('live, the champion stands by what it said and by its own tau, on the unseen rows that have their label', () => {
    const last = Array.from({ length: 1500 }, (_, i) => seconds - 1500 + i)
    const said = (second: number) => [0, 1, null][second % 3] as 0 | 1 | null
    const settled: Settled = new Map(
      last.map(second => [`${product} ${second * 1e6}`, { probability: said(second) ?? 0.5, label: said(second) }]),
    )
    const { segment, live } = judge(noise(), 0, champion, settled)
    expect(live!.segment).toMatchObject({ rows: (segment.rows * 2) / 3, positives: segment.rows / 3 })
    expect(live!.pr_auc.champion).toBe(1)
    expect(live!.difference!.high).toBeLessThan(0)
    expect(judge(noise(), 0, champion, new Map()).live).toMatchObject({ segment: { rows: 0 }, difference: null })
  })

  test('the more often a stretch was looked at, the surer one must be', () => {
    const [first, later] = [1, 6].map(look => judge(level, 0, champion, null, look).difference!)
    expect(later.value).toBe(first.value)
    expect(later.low!).toBeLessThan(first.low!)
    expect(later.high!).toBeGreaterThanOrEqual(first.high!)
  })
})

test('all looks together never use up the 5 %, and each has resamples beyond the ends of its interval', () => {
  const looks = Array.from({ length: 1000 }, (_, i) => barOf(i + 1))
  expect(looks.reduce((sum, { level }) => sum + (100 - level), 0)).toBeLessThan(5)
  for (const { level, samples } of looks) expect((samples * (100 - level)) / 200).toBeGreaterThanOrEqual(9.999)
})
