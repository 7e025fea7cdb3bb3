import { expect, test } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import { horizonSeconds } from '../../../../src/core/features/label.ts'
import { goodFor } from '../../../../src/core/models/split/session_length.ts'
import { leastRows, splitByTime } from '../../../../src/core/models/split/split.ts'
import { syntheticTable } from '../../../fixtures/synthetic_features.ts'

const config = readConfig()

test.each([1, 2])('what is said to be enough to train on is, and a little less is not, for %i products', products => {
  const { to_train } = goodFor({ seconds: 0, products }, config)
  const seconds = to_train + 1
  expect(goodFor({ seconds, products }, config).to_train).toBe(0)
  const names = ['BTC-USD', 'ETH-USD'].slice(0, products)
  const rows = (length: number) => syntheticTable(length, 60, names)
  expect(splitByTime(rows(seconds + 20), config.split).train.length).toBeGreaterThan(0)
  expect(() => splitByTime(rows(to_train - 20), config.split)).toThrow(/capture longer/)
})

test.each([1, 2, 3, 7, 50])(
  'of %i products a training takes the fewest seconds that hold its rows, and one row beyond horizon and embargo',
  products => {
    const labelled = goodFor({ seconds: 0, products }, config).to_train - horizonSeconds
    const isEnough = (seconds: number): boolean =>
      seconds * products >= leastRows && seconds * config.split.train >= horizonSeconds + config.split.embargo_s + 1
    expect([isEnough(labelled), isEnough(labelled - 1)]).toEqual([true, false])
  },
)

test('what is wanted shrinks with what is there and with products; the test segment wants more than the walk-forward', () => {
  const short = goodFor({ seconds: 900, products: 1 }, config)
  const long = goodFor({ seconds: 3 * 3600, products: 1 }, config)
  const wide = goodFor({ seconds: 900, products: 2 }, config)
  expect(short).toMatchObject({ rows: 900, labels: 840, test_rows: 168, to_train: 0 })
  expect(short.to_test).toBeGreaterThan(short.to_walk)
  expect(wide.to_walk).toBeLessThan(short.to_walk)
  expect(long).toMatchObject({ to_walk: 0, to_test: expect.closeTo(short.to_test - (3 * 3600 - 900), 0) })
  expect(goodFor({ seconds: 4 * 3600, products: 1 }, config)).toMatchObject({ to_train: 0, to_walk: 0, to_test: 0 })
})
