import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edition } from '../../../../src/core/indicators/sentiment/phrases.ts'
import { scoreSentiment, sentimentLabel } from '../../../../src/core/indicators/sentiment/vader.ts'

type Row = [neg: number, neu: number, pos: number, compound: number, label: string]
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../../../fixtures/golden/vader_stress.json.gz', import.meta.url))).toString(),
) as { texts: string[] } & Record<Edition, Row[]>

function rowOf(text: string, edition?: Edition): Row {
  const { neg, neu, pos, compound } = scoreSentiment(text, edition)
  return [neg, neu, pos, compound, sentimentLabel(compound)]
}

it.each(['44fc044c', '3.3.2'] as const)('equals the reference of %s on 3,000 seeded texts, in every digit', edition => {
  expect(golden.texts).toHaveLength(3000)
  const differing = golden.texts.filter((text, i) => rowOf(text, edition).join() !== golden[edition][i].join())
  expect(differing).toEqual([])
})

it('"no … or" turns the word round, and "no … nor" once more than "nor"', () => {
  const sign = (text: string): number => Math.sign(scoreSentiment(text).compound)
  const texts = ['no evidence of joy', 'no evidence or joy', 'an evidence nor joy', 'no evidence nor joy']
  expect(texts.map(sign)).toEqual([1, -1, -1, 1])
})

describe("rules, with the reference's own examples", () => {
  it.each([
    ['VADER is smart, handsome, and funny.', 0.8316],
    ['VADER is smart, handsome, and funny!', 0.8439],
    ['VADER is very smart, handsome, and funny.', 0.8545],
    ['VADER is VERY SMART, handsome, and FUNNY.', 0.9227],
    ['VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!', 0.9469],
    ['VADER is not smart, handsome, nor funny.', -0.7424],
    ['The book was good.', 0.4404],
    ["At least it isn't a horrible book.", 0.431],
  ])('%s', (text, compound) => expect(scoreSentiment(text).compound).toBe(compound))
})

it('nothing in any text makes it throw, and shares stay shares', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      const { neg, neu, pos, compound } = scoreSentiment(text)
      for (const share of [neg, neu, pos]) expect(share >= 0 && share <= 1).toBe(true)
      expect(Math.abs(compound)).toBeLessThanOrEqual(1)
    }),
  )
})

it('takes blanks for what Python takes for blanks', () => {
  const two = scoreSentiment('good bad')
  for (const blank of ['\t', '\x1c', '\x1f', '\x85', '\xa0', '\u2003', '\u3000'])
    expect(scoreSentiment(`good${blank}bad`)).toEqual(two)
  expect(scoreSentiment('good\ufeffbad').neu).toBe(1)
})
