import { expect, test } from 'vitest'
import { terminalPicture } from '../../../src/publish/documents/terminal_picture.ts'

const picture = terminalPicture('npm run demo', '  0 s  Live: a -> b & c\n\nmodel   F1\nridge  0.2\n')

test('each printed line stands once, its signs made safe, as wide as its letters', () => {
  const lines = [...picture.matchAll(/<text[^>]*textLength="([\d.]+)"[^>]*>(.*)<\/text>/g)]
  expect(lines.map(([, , text]) => text.replaceAll(/<[^>]*>/g, ''))).toEqual([
    '$ npm run demo',
    '  0 s  Live: a -&gt; b &amp; c',
    'model   F1',
    'ridge  0.2',
  ])
  expect(lines.map(([, length]) => Number(length) / 7.8)).toEqual(
    [14, 23, 10, 10].map(letters => expect.closeTo(letters, 1)),
  )
})

test('an empty line leaves its place', () => {
  const heights = [...picture.matchAll(/<text[^>]* y="([\d.]+)"/g)].map(([, y]) => Number(y))
  expect(heights.slice(1).map((y, i) => Math.round(y - heights[i]))).toEqual([18, 36, 18])
})
