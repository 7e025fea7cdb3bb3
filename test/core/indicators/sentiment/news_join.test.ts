import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { joinBaseRate, joinNews, type VolumeScores } from '../../../../src/core/indicators/sentiment/news_join.ts'

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../../../fixtures/golden/news_join.json.gz', import.meta.url))).toString(),
) as {
  zscores: { ticker: string; t: number; volume_zscore: number | null }[]
  news: { article_id: string; ticker: string; published_at: number; sentiment: number }[]
  expected: { articles: object[]; base_rate: Record<string, object> }
}

function scoresOf(ticker: string): VolumeScores {
  const rows = golden.zscores.filter(row => row.ticker === ticker && row.volume_zscore !== null)
  const sorted = rows.toSorted((a, b) => a.t - b.t)
  return { times: sorted.map(({ t }) => t * 1000), z: sorted.map(row => row.volume_zscore!) }
}

it('equals the reference on made-up articles, by every reading', () => {
  const articles = golden.news.map(({ article_id, ticker, published_at, sentiment }) => ({
    article_id,
    ...joinNews(scoresOf(ticker), published_at * 1000, sentiment),
  }))
  expect(articles).toEqual(golden.expected.articles)
})

it('has the base rate of the reference', () => {
  for (const [ticker, rates] of Object.entries(golden.expected.base_rate)) {
    const scores = scoresOf(ticker)
    expect({ page: joinBaseRate(scores, 'page'), last: joinBaseRate(scores, 'last') }).toEqual(rates)
  }
})

it('is symmetric: time turned round gives the same greatest z', () => {
  const point = fc.record({ time: fc.integer({ min: -300, max: 300 }), z: fc.integer({ min: -5, max: 9 }) })
  fc.assert(
    fc.property(fc.array(point), fc.integer({ min: -200, max: 200 }), (points, at) => {
      const columns = (all: typeof points): VolumeScores => ({
        times: all.map(({ time }) => time * 1_000_000),
        z: all.map(({ z }) => z),
      })
      const sorted = points.toSorted((a, b) => a.time - b.time)
      const mirrored = sorted.map(({ time, z }) => ({ time: -time, z })).toReversed()
      const there = joinNews(columns(sorted), at * 1_000_000, 0.5).page
      expect(joinNews(columns(mirrored), -at * 1_000_000, 0.5).page).toEqual(there)
      const near = points.filter(({ time }) => Math.abs(time - at) <= 60).map(({ z }) => z)
      expect(there.z).toBe(near.length > 0 ? Math.max(...near) : null)
    }),
  )
})

it('correlates above 2 only, by the page; from 2 on by its first code', () => {
  const two = { times: [0], z: [2] }
  expect(joinNews(two, 0, 1)).toMatchObject({ page: { correlated: false }, last: { correlated: true } })
})

it('has no base rate without values', () => {
  expect(joinBaseRate({ times: [], z: [] }, 'page')).toBeNaN()
})

it('tumbling: the minute of the clock from its first microsecond to its last', () => {
  const at = 600_000_000
  const found = (time: number): number | null =>
    joinNews({ times: Float64Array.of(time), z: Float64Array.of(5) }, at + 30e6, 0.5).tumbling.z
  expect([at - 1, at, at + 60e6 - 1, at + 60e6].map(found)).toEqual([null, 5, 5, null])
})
