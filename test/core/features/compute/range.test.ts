import { expect, test } from 'vitest'
import { featureNames } from '../../../../src/core/features/spec.ts'
import { seededRandom } from '../../../../src/core/math/random.ts'
import { clock, quote, rowsOf, trade } from '../../../fixtures/events.ts'

const start = 1_767_571_200
const random = seededRandom(2)
const events = Array.from({ length: 1500 }, (_, i) => {
  const bid = 100 + Math.sin(i / 90) + random()
  const price = bid + 0.1 * random()
  return [
    quote(start + i + 0.1, bid, bid + 0.1),
    quote(start + i + 0.3 + 0.1 * random(), bid + 0.2 * random(), bid + 0.3),
    trade(start + i + 0.5, i, price, 1 + random(), random() < 0.5 ? 'buy' : 'sell'),
  ]
}).flat()
const { rows, columns } = rowsOf([...events, clock(start + 1510)])

test('past the longest look-back no feature of a busy market is null but the time since a gap, where none was', () => {
  expect(featureNames.filter(name => Number.isNaN(columns[name][1499]))).toEqual(['since_gap'])
})

test('the Bollinger width is four deviations over the mean of the last 1200 mids, from half of them on', () => {
  for (let row = 0; row < rows; row += 7) {
    const mids = Array.from(columns.mid.slice(Math.max(0, row - 1199), row + 1))
    const mean = mids.reduce((sum, mid) => sum + mid, 0) / mids.length
    const squares = mids.reduce((sum, mid) => sum + (mid - mean) ** 2, 0)
    const width = (4 * Math.sqrt(squares / (mids.length - 1))) / mean
    if (mids.length < 600) expect(columns.bollinger_width_1200s[row]).toBeNaN()
    else expect(columns.bollinger_width_1200s[row]).toBeCloseTo(width, 11)
  }
})
